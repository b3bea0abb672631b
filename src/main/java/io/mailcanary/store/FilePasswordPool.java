package io.mailcanary.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A pool whose new connections log in by what a file says at that time. Those that stand are not
/// touched: a server asks for the password only once.
final class FilePasswordPool extends HikariDataSource {
  private static final Logger LOG = LoggerFactory.getLogger(FilePasswordPool.class);

  private final Path file;
  private volatile String last = "";
  private volatile boolean readable = true;

  /// Connects at the first request for a connection, unlike its parent.
  FilePasswordPool(HikariConfig config, Path file) {
    this.file = file;
    config.copyStateTo(this);
  }

  /// What the file says; while it cannot be read, what it said last.
  @Override
  public String getPassword() {
    Optional<String> password = DatabaseSettings.password(file);
    if (password.isEmpty() && readable) {
      LOG.warn("{} cannot be read: the password of before holds on", file);
    }
    readable = password.isPresent();
    last = password.orElse(last);
    return last;
  }

  @Override
  public Credentials getCredentials() {
    return Credentials.of(getUsername(), getPassword());
  }
}
