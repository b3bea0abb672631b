package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.DomainFacts.Sender;
import io.mailcanary.dns.RecordData.Ptr;
import io.mailcanary.mail.Finding;
import java.util.ArrayList;
import java.util.List;

/// Findings about the names of sending addresses.
final class ClientCheck {
  private static final int MOST_NAMES = 10;

  private ClientCheck() {}

  static void look(DomainFacts facts, List<Finding> found) {
    facts.senders().stream()
        .filter(sender -> Reach.isPublic(facts, sender.address()))
        .forEach(sender -> {
          reverse(facts, sender, found);
          helo(facts, sender, found);
        });
  }

  private static void reverse(DomainFacts facts, Sender sender, List<Finding> found) {
    String address = sender.address().getHostAddress();
    DnsName name = DnsName.reverse(sender.address());
    DnsAnswer answer = facts.resolver().ask(name, RecordType.PTR);
    List<Ptr> names = answer.found(Ptr.class);
    if (answer instanceof Unanswered) {
      found.add(
          FindingKind.PTR_UNRESOLVABLE.at(
              name,
              "the name of %s, which sends mail, cannot be asked for".formatted(address),
              List.of(answer.sentence())));
      return;
    }
    if (names.isEmpty()) {
      found.add(
          FindingKind.PTR_MISSING.at(
              name,
              "%s sends mail and has no name".formatted(address),
              List.of(answer.sentence())));
      return;
    }
    List<String> evidence = new ArrayList<>(List.of(answer.sentence()));
    for (Ptr ptr : names.subList(0, Math.min(names.size(), MOST_NAMES))) {
      Host host = Host.of(facts.resolver(), ptr.target());
      if (host.addresses().contains(sender.address()) || host.failed()) {
        return;
      }
      evidence.add(host.four().sentence());
      evidence.add(host.six().sentence());
    }
    found.add(
        FindingKind.PTR_MISMATCH.at(
            name,
            "%s is called %s, which does not lead back to it"
                .formatted(address, names.getFirst().target()),
            evidence));
  }

  private static void helo(DomainFacts facts, Sender sender, List<Finding> found) {
    if (sender.helo().isEmpty() || sender.helo().get().literal().isPresent()) {
      return;
    }
    Host host = Host.of(facts.resolver(), sender.helo().get());
    if (!host.failed() && !host.addresses().contains(sender.address())) {
      found.add(
          FindingKind.HELO_MISMATCH.at(
              sender.helo().get(),
              "%s calls itself %s, which does not lead to it"
                  .formatted(sender.address().getHostAddress(), sender.helo().get()),
              List.of(host.four().sentence(), host.six().sentence())));
    }
  }
}
