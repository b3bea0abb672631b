package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.ServFail;
import io.mailcanary.dns.DnsAnswer.Timeout;
import io.mailcanary.dns.RecordData.Mx;
import java.util.List;
import java.util.Optional;

/// What a relay finds that looks its next hop up.
sealed interface HopState {
  record Resolves() implements HopState {}

  record NoSuchName() implements HopState {}

  record NoAddress() implements HopState {}

  /// @param type the question that nobody answered
  /// @param late it took a time-out
  record Failed(RecordType type, boolean late) implements HopState {}

  record NullMx() implements HopState {}

  /// No MX target has an address.
  ///
  /// @param last the one that was tried last
  record DeadTargets(DnsName last, boolean noSuchName) implements HopState {}

  static HopState of(Vantage vantage, DnsName hop, boolean looksAtMx) {
    if (hop.literal().isPresent()) {
      return new Resolves();
    }
    if (looksAtMx) {
      DnsAnswer mx = vantage.ask(hop, RecordType.MX);
      if (Inquiry.failed(mx)) {
        return new Failed(RecordType.MX, isLate(mx));
      }
      List<Mx> targets = Inquiry.inOrder(mx);
      if (!targets.isEmpty()) {
        return ofTargets(vantage, targets);
      }
    }
    Host host = Host.of(vantage, hop);
    if (host.hasAddress()) {
      return new Resolves();
    }
    Optional<DnsAnswer> failure = host.failure();
    if (failure.isPresent()) {
      return new Failed(RecordType.AAAA, isLate(failure.get()));
    }
    return host.isNoSuchName() ? new NoSuchName() : new NoAddress();
  }

  private static HopState ofTargets(Vantage vantage, List<Mx> targets) {
    if (targets.stream().allMatch(Mx::isNull)) {
      return new NullMx();
    }
    HopState state = new NullMx();
    boolean failed = false;
    for (Mx mx : targets) {
      if (mx.isNull()) {
        continue;
      }
      switch (of(vantage, mx.target(), false)) {
        case Resolves resolves -> {
          return resolves;
        }
        case Failed failure -> {
          failed = true;
          state = failure;
        }
        case NoSuchName _ -> state = failed ? state : new DeadTargets(mx.target(), true);
        case NoAddress _ -> state = failed ? state : new DeadTargets(mx.target(), false);
        case NullMx _, DeadTargets _ -> throw new IllegalStateException("no MX was asked for");
      }
    }
    return state;
  }

  private static boolean isLate(DnsAnswer answer) {
    return answer instanceof Timeout || (answer instanceof ServFail fail && fail.isLate());
  }
}
