package io.mailcanary.notify.email;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.notify.Json;
import io.mailcanary.notify.Notifier;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Relay;
import io.mailcanary.wire.AngusMail;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Locale;
import java.util.Properties;
import java.util.UUID;

/// Writes letters. All of one incident stand in one thread; one that is sent again has the
/// Message-ID that it had.
public final class Email implements Notifier {
  static {
    AngusMail.prepare();
  }

  private static final int LONGEST_SUBJECT = 200;

  private final Channel.Email channel;
  private final Relay relay;
  private final Handover handover;
  private final Session session = AngusMail.session(new Properties());

  public Email(Channel.Email channel, Relay relay, Handover handover) {
    this.channel = channel;
    this.relay = relay;
    this.handover = handover;
  }

  @Override
  public Outcome tell(String id, Notification notification) throws InterruptedException {
    return handover.send(relay, channel.from(), channel.to(), letter(id, notification));
  }

  private byte[] letter(String id, Notification notification) {
    try {
      MimeMessage letter = new MessageWithId(session, messageId(id));
      letter.setFrom(new InternetAddress(channel.from().toString()));
      letter.setRecipient(Message.RecipientType.TO, new InternetAddress(channel.to().toString()));
      letter.setSubject(subject(notification), StandardCharsets.UTF_8.name());
      letter.setSentDate(Date.from(notification.at()));
      // RFC 3834 §5: no answering machine is to answer.
      letter.setHeader("Auto-Submitted", "auto-generated");
      letter.setHeader("References", messageId(notification.incident().id()));
      letter.setText(text(notification), StandardCharsets.UTF_8.name());
      letter.setHeader("Content-Transfer-Encoding", "quoted-printable");
      letter.saveChanges();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      letter.writeTo(bytes);
      return bytes.toByteArray();
    } catch (MessagingException | IOException e) {
      throw new IllegalStateException("a letter of our own cannot be written", e);
    }
  }

  private String messageId(String of) {
    UUID name = UUID.nameUUIDFromBytes(of.getBytes(StandardCharsets.UTF_8));
    return "<%s@%s>".formatted(name, channel.from().domain());
  }

  private static String subject(Notification notification) {
    Incident incident = notification.incident();
    String mark =
        notification.event() == Event.OPENED
            ? incident.severity().word()
            : notification.event().word();
    String line =
        "[%s] %s".formatted(mark.toUpperCase(Locale.ROOT), notification.text().headline());
    return Json.cut(line.replaceAll("\\s+", " "), LONGEST_SUBJECT);
  }

  private static String text(Notification notification) {
    String link = notification.link().isEmpty() ? "" : "\n\n" + notification.link();
    String complete = notification.text().complete();
    String whole =
        complete.contains(notification.text().headline())
            ? complete
            : notification.text().headline() + "\n\n" + complete;
    return (whole.contains(notification.link()) ? whole : whole + link).replace("\n", "\r\n")
        + "\r\n";
  }

  /// Jakarta Mail makes an id of its own each time it is saved.
  private static final class MessageWithId extends MimeMessage {
    private final String id;

    MessageWithId(Session session, String id) {
      super(session);
      this.id = id;
    }

    @Override
    protected void updateMessageID() throws MessagingException {
      setHeader("Message-ID", id);
    }
  }
}
