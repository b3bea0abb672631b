package io.mailcanary.dns;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// An SPF record, term by term (RFC 7208 §4.6.1).
///
/// @param problems terms that break the grammar; one is enough for a permanent error
record SpfRecord(List<Term> terms, Optional<String> redirect, List<String> problems) {
  private static final Pattern VERSION = Pattern.compile("(?i)v=spf1( .*)?", Pattern.DOTALL);
  private static final Pattern MODIFIER =
      Pattern.compile("([A-Za-z][A-Za-z0-9._-]{0,63})=(.*)", Pattern.DOTALL);
  private static final Pattern MECHANISM =
      Pattern.compile("([+?~-]?)([A-Za-z][A-Za-z0-9._-]{0,63})(:[^/]*)?((?:/.*)?)", Pattern.DOTALL);
  private static final Pattern PREFIXES = Pattern.compile("(/\\d{1,2})?(//\\d{1,3})?");
  private static final int MOST_TERMS = 500;
  private static final int MOST_PROBLEMS = 5;

  /// What a term matches.
  enum Mechanism {
    ALL,
    INCLUDE,
    A,
    MX,
    PTR,
    IP4,
    IP6,
    EXISTS;

    /// Whether it counts against the limit of ten (RFC 7208 §4.6.4).
    boolean asksDns() {
      return switch (this) {
        case INCLUDE, A, MX, PTR, EXISTS -> true;
        case ALL, IP4, IP6 -> false;
      };
    }
  }

  /// @param qualifier `+`, `-`, `~` or `?`
  /// @param domain what stands behind the colon; empty where nothing does
  /// @param network of ip4 and ip6
  /// @param prefix4 how many bits of an IPv4 address count
  record Term(
      char qualifier,
      Mechanism mechanism,
      String domain,
      Optional<Network> network,
      int prefix4,
      int prefix6,
      String text) {

    /// The name is made of the sender's address or the client's (RFC 7208 §7).
    boolean hasMacro() {
      return domain.indexOf('%') >= 0;
    }
  }

  SpfRecord {
    terms = List.copyOf(terms);
    problems = List.copyOf(problems);
  }

  /// Whether a TXT record is an SPF record (RFC 7208 §4.5).
  static boolean isSpf(String text) {
    return VERSION.matcher(text).matches();
  }

  /// Reads what {@link #isSpf} holds for.
  static SpfRecord parse(String text) {
    List<Term> terms = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    String redirect = null;
    String[] words = text.split(" +", MOST_TERMS + 2);
    if (words.length > MOST_TERMS + 1) {
      problems.add("more than %d terms".formatted(MOST_TERMS));
    }
    for (int i = 1; i < Math.min(words.length, MOST_TERMS + 1); i++) {
      String word = words[i];
      Matcher modifier = MODIFIER.matcher(word);
      if (word.isEmpty()) {
        continue;
      }
      if (modifier.matches()) {
        if (modifier.group(1).equalsIgnoreCase("redirect")) {
          if (redirect != null || modifier.group(2).isEmpty()) {
            problem(problems, word, redirect != null ? "a second redirect" : "redirect to nothing");
          }
          redirect = modifier.group(2);
        }
      } else {
        term(word, terms, problems);
      }
    }
    boolean all = terms.stream().anyMatch(term -> term.mechanism == Mechanism.ALL);
    return new SpfRecord(terms, all ? Optional.empty() : Optional.ofNullable(redirect), problems);
  }

  private static void term(String word, List<Term> terms, List<String> problems) {
    Matcher matcher = MECHANISM.matcher(word);
    if (!matcher.matches()) {
      problem(problems, word, "no mechanism");
      return;
    }
    String name = matcher.group(2).toUpperCase(Locale.ROOT);
    Optional<Mechanism> mechanism = mechanism(name);
    if (mechanism.isEmpty()) {
      problem(problems, word, "no such mechanism");
      return;
    }
    String domain = matcher.group(3) == null ? "" : matcher.group(3).substring(1);
    char qualifier = matcher.group(1).isEmpty() ? '+' : matcher.group(1).charAt(0);
    String rest = matcher.group(4);
    String wrong =
        switch (mechanism.get()) {
          case ALL -> matcher.group(3) == null && rest.isEmpty() ? "" : "all takes nothing";
          case INCLUDE, EXISTS ->
              !rest.isEmpty() && domain.indexOf('%') < 0
                  ? "takes no prefix"
                  : domain.isEmpty() ? "names no domain" : "";
          case PTR -> rest.isEmpty() ? "" : "takes no prefix";
          case A, MX -> prefixesOf(rest) == null ? "no prefix of a network" : "";
          // Colons of the address stand in the domain's place, slashes in the rest.
          case IP4, IP6 ->
              network(mechanism.get(), domain + rest).isEmpty() ? "no such network" : "";
        };
    if (!wrong.isEmpty()) {
      problem(problems, word, wrong);
      return;
    }
    int[] prefixes = prefixesOf(rest);
    terms.add(
        new Term(
            qualifier,
            mechanism.get(),
            domain,
            network(mechanism.get(), domain + rest),
            prefixes == null ? 32 : prefixes[0],
            prefixes == null ? 128 : prefixes[1],
            Visible.brief(word)));
  }

  private static Optional<Mechanism> mechanism(String name) {
    for (Mechanism one : Mechanism.values()) {
      if (one.name().equals(name)) {
        return Optional.of(one);
      }
    }
    return Optional.empty();
  }

  private static Optional<Network> network(Mechanism mechanism, String text) {
    return switch (mechanism) {
      case IP4 -> Network.parse(text).filter(Network::isIpv4);
      case IP6 -> Network.parse(text).filter(network -> !network.isIpv4());
      case ALL, INCLUDE, A, MX, PTR, EXISTS -> Optional.empty();
    };
  }

  private static int @Nullable [] prefixesOf(String rest) {
    Matcher matcher = PREFIXES.matcher(rest);
    if (!matcher.matches()) {
      return null;
    }
    int four = matcher.group(1) == null ? 32 : Integer.parseInt(matcher.group(1).substring(1));
    int six = matcher.group(2) == null ? 128 : Integer.parseInt(matcher.group(2).substring(2));
    return four > 32 || six > 128 ? null : new int[] {four, six};
  }

  private static void problem(List<String> problems, String word, String what) {
    if (problems.size() < MOST_PROBLEMS) {
      String shown = word.length() > 80 ? word.substring(0, 80) + "…" : word;
      problems.add("'%s': %s".formatted(Visible.quoted(shown), what));
    }
  }
}
