package io.mailcanary.dns;

import io.mailcanary.dns.DnsAnswer.Unanswered;
import io.mailcanary.dns.RecordData.Mx;
import io.mailcanary.dns.RecordData.Txt;
import io.mailcanary.dns.SpfRecord.Mechanism;
import io.mailcanary.dns.SpfRecord.Term;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Everything that an SPF record can ask for, in the worst case: when no term matches before the
/// last (RFC 7208 §4.6.4).
final class SpfWalk {
  /// What a receiver allows (RFC 7208 §4.6.4).
  static final int MOST_LOOKUPS = 10;

  static final int MOST_VOID = 2;
  static final int MOST_MX = 10;

  /// Far enough to tell how far over the limit a record is.
  private static final int LAST_LOOKUP = 40;

  private final Vantage vantage;
  private final List<String> lookups = new ArrayList<>();
  private final List<DnsAnswer> voids = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();
  private final Set<DnsName> onTheWay = new HashSet<>();
  private final Set<DnsName> followed = new LinkedHashSet<>();

  /// What is wrong, and where.
  ///
  /// @param name whose record it is
  record Problem(FindingKind kind, DnsName name, String message, Optional<DnsAnswer> answer) {}

  /// The SPF record of one name.
  ///
  /// @param texts those that are SPF records
  record Found(DnsAnswer answer, List<String> texts) {}

  private SpfWalk(Vantage vantage) {
    this.vantage = vantage;
  }

  static SpfWalk of(Vantage vantage, DnsName domain) {
    SpfWalk walk = new SpfWalk(vantage);
    walk.visit(domain, find(vantage, domain));
    return walk;
  }

  static Found find(Vantage vantage, DnsName name) {
    DnsAnswer answer = vantage.ask(name, RecordType.TXT);
    return new Found(
        answer,
        answer.found(Txt.class).stream().map(Txt::joined).filter(SpfRecord::isSpf).toList());
  }

  /// Terms that ask DNS, in order, each with the name it stands at.
  List<String> lookups() {
    return lookups;
  }

  /// There are more, uncounted.
  boolean isCut() {
    return lookups.size() >= LAST_LOOKUP;
  }

  /// Answers that said that there is nothing.
  List<DnsAnswer> voids() {
    return voids;
  }

  /// The domains that it includes or redirects to, in order.
  Set<DnsName> followed() {
    return followed;
  }

  List<Problem> problems() {
    return problems;
  }

  private void visit(DnsName name, Found found) {
    if (found.texts.size() > 1) {
      add(
          FindingKind.SPF_MULTIPLE,
          name,
          "%s has %d SPF records".formatted(name, found.texts.size()),
          found.answer);
      return;
    }
    if (found.texts.isEmpty()) {
      return;
    }
    SpfRecord record = SpfRecord.parse(found.texts.getFirst());
    if (!record.problems().isEmpty()) {
      add(
          FindingKind.SPF_SYNTAX,
          name,
          "SPF of %s cannot be read: %s".formatted(name, String.join("; ", record.problems())),
          found.answer);
    }
    onTheWay.add(name);
    for (Term term : record.terms()) {
      if (isCut()) {
        break;
      }
      if (term.mechanism() == Mechanism.ALL) {
        break;
      }
      walk(name, term);
    }
    if (!isCut()) {
      record.redirect().ifPresent(target -> follow(name, target, "redirect=" + target));
    }
    onTheWay.remove(name);
  }

  private void walk(DnsName name, Term term) {
    switch (term.mechanism()) {
      case ALL, IP4, IP6 -> {}
      case INCLUDE -> follow(name, term.domain(), term.text());
      case A -> {
        count(name, term.text());
        target(name, term).ifPresent(this::address);
      }
      case MX -> {
        count(name, term.text());
        target(name, term).ifPresent(target -> mx(name, term, target));
      }
      case PTR -> {
        count(name, term.text());
        add(
            FindingKind.SPF_PTR,
            name,
            "SPF of %s uses %s".formatted(name, term.text()),
            Optional.empty());
      }
      // What it asks for is made of the sender, so whether it is there is not known here.
      case EXISTS -> {
        count(name, term.text());
        if (!term.hasMacro()) {
          target(name, term).ifPresent(this::address);
        }
      }
    }
  }

  private static Optional<DnsName> target(DnsName name, Term term) {
    if (term.domain().isEmpty()) {
      return Optional.of(name);
    }
    return term.hasMacro() ? Optional.empty() : name(term.domain());
  }

  private static Optional<DnsName> name(String text) {
    return text.isEmpty() || text.length() > 253
        ? Optional.empty()
        : Optional.of(new DnsName(text));
  }

  private void count(DnsName name, String term) {
    lookups.add("%s (%s)".formatted(term, name));
  }

  private void address(DnsName target) {
    Host host = Host.of(vantage, target);
    if (host.isMissing()) {
      voids.add(host.decisive());
    } else if (!host.hasAddress()) {
      failed(target, host.decisive());
    }
  }

  private void mx(DnsName name, Term term, DnsName target) {
    DnsAnswer answer = vantage.ask(target, RecordType.MX);
    int count = answer.found(Mx.class).size();
    if (answer instanceof Unanswered) {
      failed(target, answer);
    } else if (count == 0) {
      voids.add(answer);
    } else if (count > MOST_MX) {
      add(
          FindingKind.SPF_TOO_MANY_MX,
          name,
          "%s in SPF of %s leads to %d MX hosts; %d are allowed"
              .formatted(term.text(), name, count, MOST_MX),
          answer);
    }
  }

  private void follow(DnsName name, String text, String term) {
    count(name, Visible.brief(term));
    Optional<DnsName> target = text.indexOf('%') >= 0 ? Optional.empty() : name(text);
    if (target.isEmpty()) {
      return;
    }
    if (onTheWay.contains(target.get())) {
      add(
          FindingKind.SPF_LOOP,
          name,
          "SPF of %s comes back to %s by %s".formatted(name, target.get(), Visible.brief(term)),
          Optional.empty());
      return;
    }
    followed.add(target.get());
    Found found = find(vantage, target.get());
    if (found.answer instanceof Unanswered) {
      failed(target.get(), found.answer);
    } else if (found.texts.isEmpty()) {
      if (found.answer.found().isEmpty()) {
        voids.add(found.answer);
      }
      add(
          FindingKind.SPF_INCLUDE_MISSING,
          name,
          found.answer instanceof DnsAnswer.NoSuchName
              ? "SPF of %s refers to %s, which does not exist: whoever registers it may send"
                  .formatted(name, target.get())
              : "SPF of %s refers to %s, which has no SPF record".formatted(name, target.get()),
          found.answer);
    } else {
      visit(target.get(), found);
    }
  }

  private void failed(DnsName target, DnsAnswer answer) {
    add(
        FindingKind.SPF_UNRESOLVABLE,
        target,
        "%s, which SPF needs, cannot be asked for".formatted(answer.question()),
        answer);
  }

  private void add(FindingKind kind, DnsName name, String message, DnsAnswer answer) {
    add(kind, name, message, Optional.of(answer));
  }

  private void add(FindingKind kind, DnsName name, String message, Optional<DnsAnswer> answer) {
    problems.add(new Problem(kind, name, message, answer));
  }
}
