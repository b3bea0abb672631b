package io.mailcanary.submission;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Login;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Strikes logins out of whatever a server says back to us.
final class Secrets {
  private final List<String> forms;

  Secrets(Optional<Login> login) {
    forms = login.map(Secrets::forms).orElse(List.of());
  }

  static String plain(Login login) {
    return encoded("\0" + login.username() + "\0" + login.secret().value());
  }

  static String bearer(Login login) {
    return encoded("user=" + login.username() + "\1auth=Bearer " + login.secret().value() + "\1\1");
  }

  static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  String strike(String text) {
    String struck = text;
    for (String form : forms) {
      struck = struck.replace(form, "***");
    }
    return struck;
  }

  SmtpReply strike(SmtpReply reply) {
    String struck = strike(reply.text());
    return struck.equals(reply.text())
        ? reply
        : new SmtpReply(reply.code(), reply.enhanced(), struck);
  }

  private static List<String> forms(Login login) {
    String secret = login.secret().value();
    return secret.isEmpty()
        ? List.of()
        : List.of(plain(login), bearer(login), encoded(secret), secret);
  }
}
