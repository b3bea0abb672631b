package io.mailcanary.store;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.HashMap;
import java.util.Map;

/// The certificates that mail ports have shown lately, by port. Every method throws
/// [StoreException] when the database does not answer.
public final class CertificateStore {
  private final Database database;

  public CertificateStore(Database database) {
    this.database = database;
  }

  /// What is on record, in the words that it was put there in.
  public Map<String, String> all() {
    return database.transaction(
        "certificates could not be read",
        connection -> {
          Map<String, String> all = new HashMap<>();
          try (PreparedStatement select =
                  connection.prepareStatement("SELECT port, content FROM port_certificates");
              ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
              all.put(rows.getString(1), rows.getString(2));
            }
          }
          return all;
        });
  }

  public void put(String port, String content) {
    database.durably(
        "certificates could not be put on record",
        connection -> {
          try (PreparedStatement delete =
              connection.prepareStatement("DELETE FROM port_certificates WHERE port = ?")) {
            new Binder(delete).text(port);
            delete.executeUpdate();
          }
          // Another replica may have been quicker; it has seen the same.
          try (PreparedStatement insert =
              connection.prepareStatement(
                  "INSERT INTO port_certificates (port, content) VALUES (?, ?)"
                      + " ON CONFLICT DO NOTHING")) {
            new Binder(insert).text(port).text(content);
            return insert.executeUpdate();
          }
        });
  }
}
