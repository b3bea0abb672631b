package io.mailcanary.authentication;

import io.mailcanary.dns.Vantage;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.AuthenticationResults;
import io.mailcanary.mail.AuthenticationResults.Verdict;
import io.mailcanary.mail.DomainName;
import io.mailcanary.mail.HeaderBlock;
import io.mailcanary.mail.TrustedTrace;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds out what SPF, DKIM and DMARC say of a message: what hosts wrote into it that are believed,
/// and then what we find ourselves.
public final class Authenticator {
  private static final Pattern AUTHOR =
      Pattern.compile("@([A-Za-z0-9._-]{1,253})\\s*>?\\s*(?:\\(.*)?$");

  private final Vantage dns;

  public Authenticator(Vantage dns) {
    this.dns = dns;
  }

  /// For each method what the topmost believed host says, and then what we say. What decides comes
  /// first. It may ask DNS, so it may take a while; it never throws.
  public List<AuthenticationCheck> check(Letter letter) {
    HeaderBlock header = HeaderBlock.of(letter.head());
    TrustedTrace trace = TrustedTrace.of(header, letter.trusted());
    List<AuthenticationCheck> checks = new ArrayList<>();
    for (AuthenticationMethod method : AuthenticationMethod.values()) {
      told(method, trace.results()).ifPresent(checks::add);
    }
    checks.addAll(own(letter, header, trace));
    return checks;
  }

  private List<AuthenticationCheck> own(Letter letter, HeaderBlock header, TrustedTrace trace) {
    Lookups lookups = new Lookups(dns);
    AuthenticationCheck spf = spf(letter, trace, lookups);
    List<AuthenticationCheck> dkim = Dkim.check(letter, header, lookups);
    List<AuthenticationCheck> proofs = new ArrayList<>(dkim);
    proofs.add(spf);
    List<AuthenticationCheck> own = new ArrayList<>();
    own.add(spf);
    // What passes is what counts (RFC 6376 §6.1), what could not be checked is worse than nothing.
    dkim.stream().min(Comparator.comparing(one -> one.result())).ifPresent(own::add);
    own.add(
        author(header)
            .map(domain -> new Dmarc(lookups).check(domain, proofs))
            .orElseGet(() ->
                new AuthenticationCheck(
                    AuthenticationMethod.DMARC,
                    AuthenticationResult.UNKNOWN,
                    AuthenticationCheck.OURSELVES,
                    "",
                    "it does not name one author")));
    return own;
  }

  private static AuthenticationCheck spf(Letter letter, TrustedTrace trace, Lookups lookups) {
    String sender = trace.sender().orElse(letter.sender());
    if (trace.client().isEmpty()) {
      return Spf.check(
          AuthenticationResult.UNKNOWN,
          sender.substring(sender.lastIndexOf('@') + 1),
          letter.trusted().isEmpty()
              ? "the mailbox names no trusted-hosts, so it is not known who handed it over to them"
              : "no trace line of %s says who handed it over"
                  .formatted(String.join(", ", letter.trusted())));
    }
    return Spf.check(trace.client().get(), sender, lookups);
  }

  private static Optional<AuthenticationCheck> told(
      AuthenticationMethod method, List<AuthenticationResults> results) {
    for (AuthenticationResults said : results) {
      Optional<Verdict> verdict =
          said.of(method).stream().min(Comparator.comparing(one -> result(one)));
      if (verdict.isPresent()) {
        Verdict one = verdict.get();
        return Optional.of(
            new AuthenticationCheck(
                method, result(one), said.server(), domain(method, one), one.reason()));
      }
    }
    return Optional.empty();
  }

  private static AuthenticationResult result(Verdict verdict) {
    return AuthenticationResult.of(verdict.result()).orElse(AuthenticationResult.UNKNOWN);
  }

  private static String domain(AuthenticationMethod method, Verdict verdict) {
    return switch (method) {
      case SPF -> verdict.domain("smtp.mailfrom", "smtp.mail", "smtp.helo");
      case DKIM -> verdict.domain("header.d", "header.i");
      case DMARC -> verdict.domain("header.from");
    };
  }

  /// The domain in From, where there is one From with one address (RFC 9989 §4.2).
  private static Optional<DomainName> author(HeaderBlock header) {
    List<String> from = header.all("From");
    if (from.size() != 1) {
      return Optional.empty();
    }
    Matcher author = AUTHOR.matcher(from.getFirst());
    try {
      return author.find() ? Optional.of(new DomainName(author.group(1))) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }
}
