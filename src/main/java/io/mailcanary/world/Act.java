package io.mailcanary.world;

import io.mailcanary.mail.SmtpReply;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Something that is done to a world without sockets, and that can be taken back.
public sealed interface Act {
  /// A zone gets a new edition.
  ///
  /// @param remove owner and type, such as `@ MX`
  /// @param put owner, type and data, such as `@ MX 10 mx`; in place of what stood there by that
  ///   owner and type
  record Edit(String zone, List<String> remove, List<String> put) implements Act {
    public Edit {
      remove = List.copyOf(remove);
      put = List.copyOf(put);
    }
  }

  /// What a zone's servers, or one name server, say instead of an answer.
  enum Silence {
    SERVFAIL,
    REFUSED,
    /// Nothing at all.
    TIMEOUT,
    /// Its signatures do not hold: whoever validates gets SERVFAIL, everybody else an answer.
    BOGUS
  }

  record FailZone(String zone, Silence how) implements Act {}

  record FailNameServer(InetAddress server, Silence how) implements Act {}

  /// A server answers so, to all mail or to some of it.
  record Says(String server, Check.At at, SmtpReply reply, Which which) implements Act {}

  /// Which mail is meant; what is empty holds for all.
  ///
  /// @param of part of the envelope sender
  /// @param to part of the recipient
  /// @param from the client's address
  /// @param largerThan in bytes
  /// @param every one of so many, the first of them first; 1: all
  record Which(String of, String to, Optional<InetAddress> from, long largerThan, int every) {
    public static final Which ALL = new Which("", "", Optional.empty(), 0, 1);
  }

  /// What a server does with mail that it keeps.
  enum Keeping {
    INBOX,
    JUNK,
    TWICE,
    NOWHERE,
    ALTERED
  }

  record Files(String server, Keeping how) implements Act {}

  /// Mail lies in a server's queue for so long before anybody looks at it.
  record Holds(String server, Duration time) implements Act {}

  /// First contacts of address, sender and recipient are put off (RFC 6647).
  record Greylists(String server, Duration time) implements Act {}

  /// Nobody listens there.
  record Down(String server) implements Act {}

  /// A host shows a certificate that ends at that time from now; it may have ended.
  record Certificate(String host, Duration endsIn) implements Act {}

  /// What a mailbox shows to those who look.
  enum Door {
    OPEN,
    /// No connection.
    SHUT,
    /// Connected, and not a word.
    FROZEN,
    /// All as before, and nothing that came since.
    STALE
  }

  /// @param address whose mailbox
  record Shows(String address, Door how) implements Act {}
}
