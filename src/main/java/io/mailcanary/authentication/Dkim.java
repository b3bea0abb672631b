package io.mailcanary.authentication;

import io.mailcanary.dns.RecordType;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.DkimSignature;
import io.mailcanary.mail.HeaderBlock;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.api.PublicKeyRecordRetriever;
import org.apache.james.jdkim.api.Result;
import org.apache.james.jdkim.api.SignatureRecord;
import org.apache.james.jdkim.exceptions.FailException;
import org.apache.james.jdkim.exceptions.TempFailException;
import org.jspecify.annotations.Nullable;

/// Whether a message's signatures hold (RFC 6376), as jDKIM says.
final class Dkim {
  private Dkim() {}

  /// What all of its signatures come to: one check each, none where it is not signed.
  static List<AuthenticationCheck> check(Letter letter, HeaderBlock header, Lookups lookups) {
    List<DkimSignature> signatures = DkimSignature.of(header);
    if (header.first("DKIM-Signature").isEmpty()) {
      return List.of(check(AuthenticationResult.NONE, "", "not signed"));
    }
    if (!letter.isWhole()) {
      return List.of(
          check(
              AuthenticationResult.UNKNOWN,
              domain(signatures),
              "only the first %d bytes were read".formatted(letter.head().length())));
    }
    Keys keys = new Keys(lookups);
    DKIMVerifier verifier = new DKIMVerifier(keys);
    try {
      var _ = verifier.verify(new ByteArrayInputStream(withNetworkLineEnds(letter.head())));
    } catch (FailException _) {
      // Its results say which and why.
    } catch (IOException | RuntimeException e) {
      return List.of(
          check(
              AuthenticationResult.UNKNOWN,
              domain(signatures),
              "the check broke down: " + e.getMessage()));
    }
    List<AuthenticationCheck> checks = new ArrayList<>();
    for (Result result : verifier.getResults()) {
      checks.add(told(result, signatures, keys));
    }
    return checks.isEmpty()
        ? List.of(check(AuthenticationResult.UNKNOWN, domain(signatures), "nothing was checked"))
        : checks;
  }

  private static AuthenticationCheck told(
      Result result, List<DkimSignature> signatures, Keys keys) {
    @Nullable SignatureRecord record = result.getRecord();
    String domain = record == null ? domain(signatures) : String.valueOf(record.getDToken());
    String selector = record == null ? "" : String.valueOf(record.getSelector());
    String shown = selector.isEmpty() ? "" : "selector " + selector;
    AuthenticationResult word =
        AuthenticationResult.of(result.getResultType().name()).orElse(AuthenticationResult.UNKNOWN);
    if (word == AuthenticationResult.PASS) {
      return check(word, domain, shown);
    }
    String why = String.valueOf(result.getErrorMessage());
    boolean unread =
        signatures.stream()
            .filter(one -> one.domain().name().equalsIgnoreCase(domain))
            .filter(one -> one.selector().equalsIgnoreCase(selector) || selector.isEmpty())
            .anyMatch(one -> !one.algorithm().startsWith("rsa-"));
    if (unread) {
      return check(
          AuthenticationResult.UNKNOWN, domain, "signed by an algorithm that we cannot check");
    }
    Optional<String> trouble = keys.trouble();
    if (word == AuthenticationResult.TEMPERROR && trouble.isPresent()) {
      return check(AuthenticationResult.UNKNOWN, domain, "could not ask: " + trouble.get());
    }
    return check(word, domain, shown.isEmpty() ? why : shown + ": " + why);
  }

  private static String domain(List<DkimSignature> signatures) {
    return signatures.isEmpty() ? "" : signatures.getFirst().domain().name();
  }

  static AuthenticationCheck check(AuthenticationResult result, String domain, String reason) {
    return new AuthenticationCheck(
        AuthenticationMethod.DKIM, result, AuthenticationCheck.OURSELVES, domain, reason);
  }

  /// A Maildir may hold lines as the system ends them; signed was what went over the wire (§5.3).
  private static byte[] withNetworkLineEnds(String text) {
    StringBuilder lines = new StringBuilder(text.length() + 1_000);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' && (i == 0 || text.charAt(i - 1) != '\r')) {
        lines.append('\r');
      }
      lines.append(c);
    }
    return lines.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /// The library's questions, asked by our own resolver.
  private static final class Keys implements PublicKeyRecordRetriever {
    private final Lookups lookups;
    private @Nullable String trouble;

    Keys(Lookups lookups) {
      this.lookups = lookups;
    }

    Optional<String> trouble() {
      return Optional.ofNullable(trouble);
    }

    @Override
    public @Nullable List<String> getRecords(
        CharSequence methodAndOption, CharSequence selector, CharSequence domain)
        throws TempFailException {
      try {
        List<String> found = lookups.find(selector + "._domainkey." + domain, RecordType.TXT);
        return found.isEmpty() ? null : found;
      } catch (UnansweredException e) {
        trouble = e.words();
        throw new TempFailException(e.words());
      }
    }
  }
}
