package io.mailcanary.incident;

import io.mailcanary.canary.Cause;
import io.mailcanary.incident.Attribution.Confidence;
import io.mailcanary.incident.Attribution.Side;
import io.mailcanary.mail.Finding;
import io.mailcanary.mail.Severity;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Whose side it is on, and what proves it.
final class Blame {
  /// We had these with the relay ourselves; nobody told us.
  private static final Set<Cause> SEEN_BY_US =
      EnumSet.of(Cause.CONNECTION, Cause.TLS, Cause.LOGIN, Cause.NEXT_HOP, Cause.DNS);

  private static final int MOST_EVIDENCE = 4;

  private final Facts facts;

  private Blame(Facts facts) {
    this.facts = facts;
  }

  static Attribution of(Facts facts, Root root, Share share) {
    return new Blame(facts).attribution(root, share);
  }

  private Attribution attribution(Root root, Share share) {
    if (facts.found.isPresent()) {
      return ofFinding(facts.found.get().finding());
    }
    if (facts.isBlind()) {
      return ofObserver();
    }
    if (facts.file.failing.isEmpty() && facts.file.recorded != null) {
      return facts.file.recorded.attribution();
    }
    if (facts.alarm == null) {
      return Attribution.UNKNOWN;
    }
    List<String> proof = proof(root, share);
    Side side = side(root);
    for (TraitNode other : root.others()) {
      if (root.separated() && side(other.trait, other.value) != side) {
        // What fails has more than one thing in common, on both sides.
        return new Attribution(Side.UNKNOWN, facts.held(), Confidence.UNKNOWN, proof);
      }
    }
    if (!root.separated() || side == Side.UNKNOWN) {
      String component = root.trait() == Trait.PATH ? facts.held() : phrase(root);
      return new Attribution(Side.UNKNOWN, component, Confidence.UNKNOWN, proof);
    }
    return new Attribution(side, phrase(root), confidence(root), proof);
  }

  private Attribution ofFinding(Finding finding) {
    List<String> proof = new ArrayList<>();
    proof.add(finding.message());
    finding.evidence().stream().limit(MOST_EVIDENCE).forEach(proof::add);
    if (facts.alarm != null && !facts.alarm.words().isEmpty()) {
      proof.add("a server says so: " + facts.alarm.words());
    }
    Side side = facts.isOurs(finding) || facts.isRelay(finding) ? Side.OURS : Side.THEIRS;
    Confidence confidence =
        finding.severity() == Severity.PAGE ? Confidence.PROVEN : Confidence.LIKELY;
    return new Attribution(side, Title.component(finding), confidence, proof);
  }

  private Attribution ofObserver() {
    List<String> proof = new ArrayList<>();
    facts.file.blind.forEach((part, blind) ->
        proof.add(
            "%s since %s: %s"
                .formatted(
                    part, Sentences.second(Instant.ofEpochMilli(blind.since())), blind.reason())));
    return new Attribution(Side.OBSERVER, facts.blind().getKey(), Confidence.PROVEN, proof);
  }

  private Side side(Root root) {
    return side(root.trait(), root.value());
  }

  private Side side(Trait trait, String value) {
    if (facts.alarm != null && facts.alarm.cause() == Cause.RATE_LIMIT) {
      return Side.THEIRS;
    }
    return switch (trait) {
      case RELAY -> Side.OURS;
      case MAILBOX -> Side.THEIRS;
      // One of the addresses behind a relay is as much ours as the relay.
      case RECEIVER -> facts.isBehindRelay(value) ? Side.OURS : Side.THEIRS;
      case HOP, RECORD, SENDER_DOMAIN, RECIPIENT_DOMAIN ->
          facts.isOurs(value) ? Side.OURS : Side.THEIRS;
      case RESOLVER -> Side.THIRD;
      case OBSERVER -> Side.OBSERVER;
      case SIZE, FAMILY, SITE, GROUP, PATH -> Side.UNKNOWN;
    };
  }

  private Confidence confidence(Root root) {
    boolean seen =
        root.trait() == Trait.RELAY
            && facts.alarm != null
            && SEEN_BY_US.contains(facts.alarm.cause());
    return seen ? Confidence.PROVEN : Confidence.LIKELY;
  }

  private String phrase(Root root) {
    String host = facts.alarm == null ? "" : facts.alarm.host();
    boolean named = root.trait() == Trait.RELAY && !host.isEmpty();
    return root.trait().phrase(root.value()) + (named ? " (" + host + ")" : "");
  }

  private List<String> proof(Root root, Share share) {
    List<String> proof = new ArrayList<>();
    if (facts.alarm != null) {
      proof.add(facts.alarm.reason());
      if (!facts.alarm.words().isEmpty()) {
        proof.add("a server said: " + facts.alarm.words());
      }
    }
    if (root.trait() == Trait.SENDER_DOMAIN) {
      proof.add(
          "the refusal is about %s, which is %s"
              .formatted(root.value(), facts.isOurs(root.value()) ? "ours" : "theirs"));
    }
    if (root.separated() && facts.file.accused == null) {
      proof.add(
          "%s: nothing passes there since %s, and canaries arrive elsewhere"
              .formatted(
                  root.trait().phrase(root.value()),
                  Sentences.second(Instant.ofEpochMilli(facts.file.onset))));
      root.others().forEach(other -> proof.add("the same holds for " + other));
    } else if (!root.separated()) {
      proof.add(
          facts.isPassing()
              ? "nothing separates what fails from what passes"
              : "no canary arrived anywhere since, so nothing can be compared");
    }
    if (share.of() > 1) {
      proof.add(
          "%s that could be hit %s%s"
              .formatted(share, share.failing() == 1 ? "fails" : "fail", facts.sameWords()));
    }
    return proof;
  }
}
