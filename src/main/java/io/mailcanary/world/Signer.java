package io.mailcanary.world;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Supplier;
import org.apache.james.jdkim.DKIMSigner;
import org.apache.james.jdkim.exceptions.FailException;

/// Signs mail (RFC 6376) with a key that is made when it is first needed.
final class Signer {
  private static final int BITS = 2048;
  private static final int LONGEST_STRING = 250;

  private final Supplier<KeyPair> pair;

  Signer() {
    pair = new Once();
  }

  private static final class Once implements Supplier<KeyPair> {
    private java.util.Optional<KeyPair> made = java.util.Optional.empty();

    @Override
    public synchronized KeyPair get() {
      KeyPair pair = made.orElseGet(Signer::generated);
      made = java.util.Optional.of(pair);
      return pair;
    }
  }

  private static KeyPair generated() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(BITS);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has it", e);
    }
  }

  /// The data of the TXT record that belongs to it, in strings as long as may be.
  String record() {
    String text =
        "v=DKIM1; k=rsa; p="
            + Base64.getEncoder().encodeToString(pair.get().getPublic().getEncoded());
    StringBuilder strings = new StringBuilder();
    for (int at = 0; at < text.length(); at += LONGEST_STRING) {
      strings
          .append(" \"")
          .append(text, at, Math.min(text.length(), at + LONGEST_STRING))
          .append('"');
    }
    return strings.substring(1);
  }

  /// The message with a signature of its author's domain on top; unchanged where it bears one.
  byte[] sign(byte[] message, String selector) {
    if (MessageHead.isSigned(message)) {
      return message;
    }
    String template =
        "v=1; a=rsa-sha256; c=relaxed/relaxed; d=%s; s=%s; h=from:to:subject:date:message-id; bh=; b=;"
            .formatted(MessageHead.authorDomain(message), selector);
    try {
      String header =
          new DKIMSigner(template, pair.get().getPrivate()).sign(new ByteArrayInputStream(message))
              + "\r\n";
      byte[] head = header.getBytes(StandardCharsets.US_ASCII);
      byte[] signed = Arrays.copyOf(head, head.length + message.length);
      System.arraycopy(message, 0, signed, head.length, message.length);
      return signed;
    } catch (IOException | FailException e) {
      throw new IllegalStateException("a message could not be signed", e);
    }
  }
}
