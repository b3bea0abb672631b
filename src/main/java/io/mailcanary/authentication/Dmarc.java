package io.mailcanary.authentication;

import io.mailcanary.dns.RecordType;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.DomainName;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Whether what SPF and DKIM proved concerns the author whom people see (RFC 9989).
final class Dmarc {
  /// More than that are not asked for on the way up (§4.10).
  private static final int MOST_STEPS = 8;

  private final Lookups lookups;
  private final Map<String, Walk> walks = new HashMap<>();

  Dmarc(Lookups lookups) {
    this.lookups = lookups;
  }

  /// A DMARC record.
  ///
  /// @param domain at whose `_dmarc` it stands
  private record Policy(DomainName domain, Map<String, String> tags) {
    boolean isStrict(String tag) {
      return tags.getOrDefault(tag, "r").equalsIgnoreCase("s");
    }

    /// `y`: of a public suffix; `n`: of an organisation; `u`: neither is said.
    String psd() {
      return tags.getOrDefault("psd", "u").toLowerCase(Locale.ROOT);
    }
  }

  /// What the way up from a domain shows.
  ///
  /// @param organisation the organisational domain
  /// @param found all records on the way, from the domain itself up
  private record Walk(DomainName organisation, List<Policy> found) {}

  /// @param author the domain in From
  /// @param proofs what SPF and DKIM came to
  AuthenticationCheck check(DomainName author, List<AuthenticationCheck> proofs) {
    try {
      if (ask(author).isPresent()) {
        for (AuthenticationCheck proof : proofs) {
          if (proof.result() == AuthenticationResult.PASS && isOf(author, proof)) {
            return aligned(author, proof);
          }
        }
      }
      Walk walk = walk(author);
      Optional<Policy> policy = policy(author, walk);
      if (policy.isEmpty()) {
        return check(AuthenticationResult.NONE, author, "no DMARC record up to the top");
      }
      for (AuthenticationCheck proof : proofs) {
        if (proof.result() == AuthenticationResult.PASS
            && isAligned(author, walk, policy.get(), proof)) {
          return aligned(author, proof);
        }
      }
      return unproven(author, policy.get(), proofs);
    } catch (UnansweredException e) {
      return check(AuthenticationResult.UNKNOWN, author, "could not ask: " + e.words());
    }
  }

  /// The same domain is aligned in both modes (§4.4), whatever the organisation above it is.
  private static boolean isOf(DomainName author, AuthenticationCheck proof) {
    return proof.domain().equalsIgnoreCase(author.name());
  }

  private static AuthenticationCheck aligned(DomainName author, AuthenticationCheck proof) {
    return check(
        AuthenticationResult.PASS,
        author,
        "%s for %s is aligned".formatted(proof.method().word(), proof.domain()));
  }

  private static AuthenticationCheck unproven(
      DomainName author, Policy policy, List<AuthenticationCheck> proofs) {
    Optional<AuthenticationCheck> open =
        proofs.stream().filter(proof -> proof.result() == AuthenticationResult.UNKNOWN).findFirst();
    if (open.isPresent()) {
      return check(
          AuthenticationResult.UNKNOWN,
          author,
          "%s is not known: %s".formatted(open.get().method().word(), open.get().reason()));
    }
    String said =
        String.join(
            ", ",
            proofs.stream()
                .map(proof ->
                    "%s=%s for %s"
                        .formatted(
                            proof.method().word(), proof.result().word(), shown(proof.domain())))
                .toList());
    return check(
        AuthenticationResult.FAIL,
        author,
        "nothing that passed is aligned with it (%s); policy of %s: p=%s"
            .formatted(said, policy.domain(), policy.tags().getOrDefault("p", "none")));
  }

  private static String shown(String domain) {
    return domain.isEmpty() ? "nobody" : domain;
  }

  private boolean isAligned(DomainName author, Walk walk, Policy policy, AuthenticationCheck proof)
      throws UnansweredException {
    DomainName proven;
    try {
      proven = new DomainName(proof.domain());
    } catch (IllegalArgumentException _) {
      return false;
    }
    if (proven.equals(author)) {
      return true;
    }
    boolean strict =
        switch (proof.method()) {
          case SPF -> policy.isStrict("aspf");
          case DKIM -> policy.isStrict("adkim");
          case DMARC -> true;
        };
    return !strict && walk(proven).organisation().equals(walk.organisation());
  }

  /// The author's own record, or else its organisation's, or else a public suffix's (§4.10.1).
  private static Optional<Policy> policy(DomainName author, Walk walk) {
    return walk.found().stream()
        .filter(policy -> policy.domain().equals(author))
        .findFirst()
        .or(() ->
            walk.found().stream()
                .filter(policy -> policy.domain().equals(walk.organisation()))
                .findFirst())
        .or(() -> walk.found().stream().filter(policy -> policy.psd().equals("y")).findFirst());
  }

  private Walk walk(DomainName from) throws UnansweredException {
    Walk known = walks.get(from.name());
    if (known != null) {
      return known;
    }
    List<Policy> found = new ArrayList<>();
    Optional<DomainName> organisation = Optional.empty();
    DomainName below = from;
    for (DomainName step : steps(from)) {
      Optional<Policy> policy = ask(step);
      policy.ifPresent(found::add);
      String psd = policy.map(Policy::psd).orElse("u");
      if (psd.equals("n")) {
        organisation = Optional.of(step);
        break;
      }
      if (psd.equals("y") && !step.equals(from)) {
        organisation = Optional.of(below);
        break;
      }
      below = step;
    }
    // Nobody says it: then it is the highest one that has a record (§4.10.2).
    DomainName highest = found.isEmpty() ? from : found.getLast().domain();
    Walk walk = new Walk(organisation.orElse(highest), found);
    walks.put(from.name(), walk);
    return walk;
  }

  /// The domain itself, then from its seven last labels up.
  private static List<DomainName> steps(DomainName from) {
    List<DomainName> steps = new ArrayList<>(List.of(from));
    String[] labels = from.name().split("\\.", -1);
    int first = Math.max(1, labels.length - (MOST_STEPS - 1));
    for (int i = first; i < labels.length; i++) {
      steps.add(new DomainName(String.join(".", List.of(labels).subList(i, labels.length))));
    }
    return steps;
  }

  /// Several records are as good as none (§4.8).
  private Optional<Policy> ask(DomainName domain) throws UnansweredException {
    List<Map<String, String>> records =
        lookups.find("_dmarc." + domain, RecordType.TXT).stream()
            .map(Dmarc::tags)
            .filter(tags -> "DMARC1".equals(tags.get("v")))
            .toList();
    return records.size() == 1
        ? Optional.of(new Policy(domain, records.getFirst()))
        : Optional.empty();
  }

  /// The version must come first (§4.7).
  private static Map<String, String> tags(String record) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (String tag : record.split(";", 40)) {
      int equals = tag.indexOf('=');
      if (equals > 0) {
        String name = tag.substring(0, equals).strip().toLowerCase(Locale.ROOT);
        if (tags.isEmpty() && !name.equals("v")) {
          return Map.of();
        }
        tags.putIfAbsent(name, tag.substring(equals + 1).strip());
      }
    }
    return tags;
  }

  private static AuthenticationCheck check(
      AuthenticationResult result, DomainName author, String reason) {
    return new AuthenticationCheck(
        AuthenticationMethod.DMARC, result, AuthenticationCheck.OURSELVES, author.name(), reason);
  }
}
