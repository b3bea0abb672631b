package io.mailcanary.drill;

import io.mailcanary.path.Mailbox;
import io.mailcanary.runtime.Plan;
import java.util.Optional;

/// Whose mailboxes the probe files name: in the simulated world the user name is the address.
final class Addresses {
  private Addresses() {}

  /// Why a plan cannot be played in the simulated world; empty where it can.
  static Optional<String> trouble(Plan plan) {
    return plan.mailboxes().values().stream()
        .filter(mailbox -> server(mailbox).isEmpty())
        .findFirst()
        .map(mailbox ->
            "mailbox '%s' is neither imap nor pop3: there are no others on the virtual clock"
                .formatted(mailbox.name()));
  }

  static String of(Mailbox mailbox) {
    return server(mailbox).orElseThrow().login().username();
  }

  static String where(Mailbox mailbox) {
    Mailbox.Server server = server(mailbox).orElseThrow();
    return server.host() + ":" + server.port();
  }

  private static Optional<Mailbox.Server> server(Mailbox mailbox) {
    return switch (mailbox) {
      case Mailbox.Imap imap -> Optional.of(imap.server());
      case Mailbox.Pop3 pop3 -> Optional.of(pop3.server());
      case Mailbox.Maildir _, Mailbox.Receiver _ -> Optional.empty();
    };
  }
}
