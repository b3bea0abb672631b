package io.mailcanary.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;

/// A private OpenDKIM on loopback that signs for one domain what a Postfix shows it.
public final class OpenDkim implements AutoCloseable {
  private final LabFolder folder = LabFolder.create("opendkim");
  private final int port = Ports.free();
  private final KeyPair keys = keys();
  private final Daemon daemon;

  private OpenDkim(String domain, String selector) {
    folder.write(
        "key.pem",
        "-----BEGIN PRIVATE KEY-----\n"
            + Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(keys.getPrivate().getEncoded())
            + "\n-----END PRIVATE KEY-----\n");
    folder.write(
        "opendkim.conf",
        """
        Mode s
        Background no
        Syslog no
        RequireSafeKeys no
        UMask 000
        Canonicalization relaxed/relaxed
        InternalHosts 127.0.0.0/8
        Socket inet:%d@127.0.0.1
        Domain %s
        Selector %s
        KeyFile %s
        """
            .formatted(port, domain, selector, folder.file("key.pem")));
    daemon =
        Daemon.start(
            "OpenDKIM",
            folder.file("output"),
            List.of("/usr/sbin/opendkim", "-f", "-x", folder.file("opendkim.conf").toString()));
    try {
      daemon.await(this::listens, "port " + port, folder.file("output"));
    } catch (RuntimeException | AssertionError e) {
      close();
      throw e;
    }
  }

  public static OpenDkim start(String domain, String selector) {
    return new OpenDkim(domain, selector);
  }

  /// The line of main.cf that makes a Postfix show its mail to it.
  public String milter() {
    return "smtpd_milters = inet:127.0.0.1:" + port;
  }

  /// What belongs into DNS.
  public String record() {
    return "v=DKIM1; k=rsa; p=" + Base64.getEncoder().encodeToString(keys.getPublic().getEncoded());
  }

  @Override
  public void close() {
    daemon.kill();
    folder.delete();
  }

  private boolean listens() {
    try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return true;
    } catch (IOException _) {
      return false;
    }
  }

  private static KeyPair keys() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
