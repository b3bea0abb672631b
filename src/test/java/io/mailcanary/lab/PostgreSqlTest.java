package io.mailcanary.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

@NeedsServer(Server.POSTGRESQL)
class PostgreSqlTest {

  @Test
  void committedRowsOutliveAnEndAndAKill() throws SQLException {
    try (PostgreSql server = PostgreSql.builder().start()) {
      String url = server.createDatabase("canaries");
      execute(url, "CREATE TABLE canary (id int)", "INSERT INTO canary VALUES (1)");
      server.stop();
      assertThatThrownBy(() -> execute(url, "SELECT 1")).isInstanceOf(SQLException.class);
      server.start();
      execute(url, "INSERT INTO canary VALUES (2)");
      server.kill();
      assertThat(server.running()).isFalse();
      server.start();

      assertThat(count(url)).isEqualTo(2);
      assertThat(server.log()).contains("automatic recovery in progress");
    }
  }

  @Test
  void aSettingIsTaken() throws SQLException {
    try (PostgreSql server = PostgreSql.builder().line("fsync = off").start();
        Connection connection = DriverManager.getConnection(server.url());
        var answer = connection.createStatement().executeQuery("SHOW fsync")) {
      assertThat(answer.next()).isTrue();
      assertThat(answer.getString(1)).isEqualTo("off");
    }
  }

  private static void execute(String url, String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  private static int count(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT count(*) FROM canary")) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
