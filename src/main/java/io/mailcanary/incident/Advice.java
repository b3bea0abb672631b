package io.mailcanary.incident;

import io.mailcanary.canary.Cause;

/// What to do where no finding says it.
final class Advice {
  static final String BLIND =
      "See whether the mailbox's server answers and its login still works. Until it can be read"
          + " nothing is known of these paths, good or bad.";

  static final String SILENT =
      "See this service's own status and log: its schedule, its database or its relays hold it up."
          + " Until canaries are sent nothing is known of these paths.";

  private Advice() {}

  static String of(Cause cause) {
    return switch (cause) {
      case SENDER_DOMAIN ->
          "Look at the sender domain's MX and address records at each of its name servers: such a"
              + " refusal does not heal by itself, even where it is a temporary one.";
      case RECIPIENT_DOMAIN ->
          "Look up the recipient domain's MX and address records as the relay does.";
      case NEXT_HOP, DNS ->
          "Look up the next hop's name on the relay itself; where mail bounces instead of waiting,"
              + " let the relay hold it.";
      case CONNECTION ->
          "See whether the server runs and can be reached from where the canary was sent.";
      case TLS -> "See what certificate and which protocols the server offers now.";
      case LOGIN -> "See whether the login still works by hand, and whether the password changed.";
      case SENDER_AUTH ->
          "Compare the SPF, DKIM and DMARC records with the address and key that the relay uses"
              + " now.";
      case CLIENT_NAME ->
          "See that the relay's address has a name, that the name leads back to the address, and"
              + " that it greets with a name that exists.";
      case REPUTATION -> "See on which lists the relay's address stands, and what it sent.";
      case RATE_LIMIT -> "Send less to this receiver, and find out what sends so much.";
      case GREYLIST -> "See that retries come from the same address as the first attempt.";
      case RECIPIENT ->
          "The mailbox is ours and worked before: ask the receiver, and do not suppress the"
              + " address.";
      case MAILBOX_FULL -> "Make room in the mailbox.";
      case CONTENT, POLICY -> "Read the refusal; ask the receiver what its rule is about.";
      case SIZE -> "Compare the size limits of all servers on the way.";
      case LOOP -> "Find the servers that hand the message to one another in its Received lines.";
      case EXPIRED -> "Look into the queue of the server that gave up: it says what it waited for.";
      case SYSTEM -> "The receiver itself is ill; ask it, and let mail wait.";
      case NONE, UNKNOWN -> "Follow a missing canary by its Message-ID through the relay's log.";
    };
  }
}
