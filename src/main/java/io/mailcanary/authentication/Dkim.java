package io.mailcanary.authentication;

import io.mailcanary.dns.RecordType;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.DkimSignature;
import io.mailcanary.mail.HeaderBlock;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.james.jdkim.DKIMVerifier;
import org.apache.james.jdkim.api.BodyHasher;
import org.apache.james.jdkim.api.PublicKeyRecord;
import org.apache.james.jdkim.api.PublicKeyRecordRetriever;
import org.apache.james.jdkim.api.Result;
import org.apache.james.jdkim.api.SignatureRecord;
import org.apache.james.jdkim.exceptions.FailException;
import org.apache.james.jdkim.exceptions.TempFailException;
import org.apache.james.jdkim.impl.Message;
import org.apache.james.mime4j.MimeException;
import org.jspecify.annotations.Nullable;

/// Whether a message's signatures hold (RFC 6376), as jDKIM says.
final class Dkim {
  /// As much of a message is checked.
  static final long MOST_BYTES = 64L << 20;

  private static final Set<String> KNOWN = Set.of("rsa-sha256", "rsa-sha1", "ed25519-sha256");

  static {
    Ed25519.install();
  }

  private Dkim() {}

  /// What all of its signatures come to: one check each, none where it is not signed.
  static List<AuthenticationCheck> check(Letter letter, HeaderBlock header, Lookups lookups) {
    List<DkimSignature> signatures = DkimSignature.of(header);
    if (header.first("DKIM-Signature").isEmpty()) {
      return List.of(check(AuthenticationResult.NONE, "", "not signed"));
    }
    Optional<String> unread = unread(letter);
    if (unread.isPresent()) {
      return List.of(check(AuthenticationResult.UNKNOWN, domain(signatures), unread.get()));
    }
    Keys keys = new Keys(lookups);
    DKIMVerifier verifier = new Verifier(keys);
    try {
      verify(verifier, letter);
    } catch (FailException _) {
      // Its results say which and why.
    } catch (IOException e) {
      return List.of(
          check(
              AuthenticationResult.UNKNOWN,
              domain(signatures),
              "it could not be read to its end: " + e.getMessage()));
    } catch (MimeException | RuntimeException e) {
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

  /// Why a letter cannot be checked at all.
  private static Optional<String> unread(Letter letter) {
    if (letter.bytes() > MOST_BYTES) {
      return Optional.of(
          "it has %d bytes; no more than %d are checked".formatted(letter.bytes(), MOST_BYTES));
    }
    return letter.headerBytes() < 0 && !letter.isWhole()
        ? Optional.of("its header has more than %d bytes".formatted(letter.head().length()))
        : Optional.empty();
  }

  /// The body is read only where a header's signature holds, and is never held in memory.
  private static void verify(DKIMVerifier verifier, Letter letter)
      throws FailException, IOException, MimeException {
    int header = letter.headerBytes() < 0 ? letter.head().length() : letter.headerBytes();
    Message fields =
        new Message(new ByteArrayInputStream(withNetworkLineEnds(letter.head(), header)));
    try {
      BodyHasher hasher = verifier.newBodyHasher(fields);
      if (hasher == null) {
        return;
      }
      try (OutputStream hashed = hasher.getOutputStream()) {
        NetworkBody body = new NetworkBody(hashed, header, MOST_BYTES);
        if (letter.isWhole()) {
          body.write(letter.head().getBytes(StandardCharsets.ISO_8859_1));
        } else {
          letter.source().copyTo(body);
        }
        body.flush();
      }
      var _ = verifier.verify(hasher);
    } finally {
      fields.dispose();
    }
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
            .anyMatch(one -> !KNOWN.contains(one.algorithm()));
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

  private static byte[] withNetworkLineEnds(String text, int end) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream(end + 1_000);
    try (NetworkBody out = new NetworkBody(lines, 0, MOST_BYTES)) {
      out.write(text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1));
    }
    return lines.toByteArray();
  }

  /// jDKIM's verifier, with Ed25519.
  private static final class Verifier extends DKIMVerifier {
    Verifier(PublicKeyRecordRetriever keys) {
      super(keys);
    }

    @Override
    protected PublicKeyRecord newPublicKeyRecord(String record) {
      return new Ed25519.KeyRecord(record);
    }
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
