package io.mailcanary.lab;

import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;

/// The few moves of a mail client that prove a server.
final class MailClient {

  private MailClient() {}

  static Session session(String protocol, int port) {
    Properties properties = new Properties();
    properties.put("mail.transport.protocol", "smtp");
    properties.put("mail.smtp.localhost", "probe.canary.test");
    properties.put("mail." + protocol + ".host", "127.0.0.1");
    properties.put("mail." + protocol + ".port", Integer.toString(port));
    properties.put("mail." + protocol + ".connectiontimeout", "5000");
    properties.put("mail." + protocol + ".timeout", "15000");
    return Session.getInstance(properties);
  }

  static Session trusting(Session session, String protocol, Path caFile) {
    session.getProperties().put("mail." + protocol + ".ssl.socketFactory", socketFactory(caFile));
    session.getProperties().put("mail." + protocol + ".ssl.checkserveridentity", "true");
    return session;
  }

  static SSLSocketFactory socketFactory(Path caFile) {
    try (var stream = Files.newInputStream(caFile)) {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      anchors.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(stream));
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return context.getSocketFactory();
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static MimeMessage message(Session session, String to, String subject) {
    try {
      MimeMessage message = new MimeMessage(session);
      message.setFrom(new InternetAddress("canary@probe.test"));
      message.setRecipient(Message.RecipientType.TO, new InternetAddress(to));
      message.setSubject(subject);
      message.setText("A test of the mail path.\r\n");
      message.saveChanges();
      return message;
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  static void send(int port, String to, String subject) {
    Session session = session("smtp", port);
    send(session, "", "", to, subject);
  }

  static void send(Session session, String user, String password, String to, String subject) {
    MimeMessage message = message(session, to, subject);
    try (Transport transport = session.getTransport("smtp")) {
      if (user.isEmpty()) {
        transport.connect();
      } else {
        transport.connect(user, password);
      }
      transport.sendMessage(message, message.getAllRecipients());
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }

  static Store store(Session session, String protocol, String user) {
    try {
      Store store = session.getStore(protocol);
      store.connect(user, Dovecot.PASSWORD);
      return store;
    } catch (MessagingException e) {
      throw new IllegalStateException(e);
    }
  }
}
