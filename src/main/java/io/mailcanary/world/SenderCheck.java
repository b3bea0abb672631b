package io.mailcanary.world;

import java.util.Optional;

/// Takes mail only from senders whose domain names its mail hosts: an address record alone is not
/// enough, which is more than the standard asks for and what some receivers do.
///
/// @param words of the refusal; `%s` is the sender
record SenderCheck(NextHops dns, String words) implements Script {
  @Override
  public Optional<SmtpRefusal> refusal(Stage stage, String argument) {
    // Nobody sends reports (RFC 5321 §4.5.5).
    if (stage != Stage.MAIL || argument.isEmpty()) {
      return Optional.empty();
    }
    return switch (dns.mailHosts(Mail.domainOf(argument))) {
      case NAMED -> Optional.empty();
      case NOT_NAMED -> Optional.of(new SmtpRefusal(450, "4.1.8 " + words.formatted(argument)));
      case UNKNOWN ->
          Optional.of(
              new SmtpRefusal(451, "4.1.8 <%s>: sender domain look-up failed".formatted(argument)));
    };
  }
}
