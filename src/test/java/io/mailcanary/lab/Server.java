package io.mailcanary.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/// A server program that tests use where it is installed.
public enum Server {
  POSTFIX("postfix", true, "/usr/lib/postfix/sbin/master /usr/sbin/postqueue"),
  DOVECOT(
      "dovecot-imapd dovecot-pop3d dovecot-lmtpd",
      true,
      "/usr/sbin/dovecot /usr/lib/dovecot/imap /usr/lib/dovecot/pop3 /usr/lib/dovecot/lmtp"),
  POSTGRESQL(
      "postgresql-15",
      false,
      "/usr/lib/postgresql/15/bin/postgres /usr/lib/postgresql/15/bin/initdb"),
  PROMETHEUS("prometheus", false, "/usr/bin/promtool"),
  ALERTMANAGER("prometheus-alertmanager", false, "/usr/bin/prometheus-alertmanager"),
  BIND(
      "bind9 bind9-utils iproute2",
      true,
      "/bin/ip /usr/sbin/named /usr/sbin/rndc /usr/bin/dnssec-keygen /usr/bin/dnssec-signzone"),
  UNBOUND("unbound", true, "/usr/sbin/unbound"),
  /// Unpacked beside the system by `.ci/run`.
  EXIM("exim4-daemon-light, unpacked by .ci/run", true, Exim.PROGRAM),
  /// Unpacked beside the system by `.ci/run`.
  OPENSMTPD("opensmtpd, unpacked by .ci/run", true, OpenSmtpd.PROGRAM),
  OPENDKIM("opendkim", false, "/usr/sbin/opendkim"),
  CHROMIUM("chromium chromium-driver", false, "/usr/bin/chromium /usr/bin/chromedriver"),
  /// What a container is made of.
  CONTAINER("util-linux tar", true, "/usr/bin/unshare /bin/mount /bin/tar");

  private final String packages;
  private final boolean needsRoot;
  private final String programs;

  Server(String packages, boolean needsRoot, String programs) {
    this.packages = packages;
    this.needsRoot = needsRoot;
    this.programs = programs;
  }

  /// Why the server can't run here, if so.
  Optional<String> obstacle() {
    return obstacle(Files::isExecutable, "root".equals(System.getProperty("user.name")));
  }

  Optional<String> obstacle(Predicate<Path> executable, boolean root) {
    for (String program : programs.split(" ", -1)) {
      if (!executable.test(Path.of(program))) {
        return Optional.of("%s is missing: install Debian's %s".formatted(program, packages));
      }
    }
    return needsRoot && !root ? Optional.of(packages + " works for root alone") : Optional.empty();
  }
}
