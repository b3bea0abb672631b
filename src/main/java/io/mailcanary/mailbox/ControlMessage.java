package io.mailcanary.mailbox;

import io.mailcanary.path.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// What a reader puts into a mailbox to see whether it shows. Its token is signed with a key that
/// lives as long as this process: nobody else's message is ever taken for one of ours.
record ControlMessage(String token, Instant madeAt) {
  static final String FIELD = "X-Mailcanary-Control";

  private static final Pattern HEADER =
      Pattern.compile(
          "(?im)^" + FIELD + ":[ \\t]*([0-9a-f]{1,16})-([0-9a-f]{20})-([0-9a-f]{32})[ \\t]*\\r?$");
  private static final Pattern ANY = Pattern.compile("(?im)^" + FIELD + ":");
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Secret KEY = new Secret(HexFormat.of().formatHex(random(32)));

  static ControlMessage create(Instant now) {
    String body = Long.toHexString(now.toEpochMilli()) + "-" + HexFormat.of().formatHex(random(10));
    return new ControlMessage(body + "-" + sign(body), now);
  }

  /// The control message of this process that a header block belongs to.
  static Optional<ControlMessage> read(String header) {
    Matcher matcher = HEADER.matcher(header);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String body = matcher.group(1) + "-" + matcher.group(2);
    byte[] given = matcher.group(3).getBytes(StandardCharsets.US_ASCII);
    byte[] right = sign(body).getBytes(StandardCharsets.US_ASCII);
    if (!MessageDigest.isEqual(given, right)) {
      return Optional.empty();
    }
    Instant madeAt = Instant.ofEpochMilli(Long.parseUnsignedLong(matcher.group(1), 16));
    return Optional.of(new ControlMessage(body + "-" + matcher.group(3), madeAt));
  }

  /// Whether a header block says that it is somebody's control message.
  static boolean isOne(String header) {
    return ANY.matcher(header).find();
  }

  byte[] bytes() {
    String date =
        DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss Z", Locale.ENGLISH)
            .format(madeAt.atOffset(ZoneOffset.UTC));
    return """
    Date: %s
    From: mailcanary <mailcanary@localhost.invalid>
    Subject: mailcanary control
    Message-ID: <%s@control.mailcanary.invalid>
    Auto-Submitted: auto-generated
    %s: %s

    A monitor put this message here to see whether the mailbox shows it.
    It removes it again.
    """
        .formatted(date, token, FIELD, token)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static String sign(String body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(KEY.value().getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      byte[] sum = mac.doFinal(body.getBytes(StandardCharsets.US_ASCII));
      return HexFormat.of().formatHex(sum, 0, 16);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no HMAC-SHA-256", e);
    }
  }

  private static byte[] random(int count) {
    byte[] bytes = new byte[count];
    RANDOM.nextBytes(bytes);
    return bytes;
  }
}
