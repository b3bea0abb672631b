package io.mailcanary.authentication;

import io.mailcanary.dns.RecordType;
import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.AuthenticationMethod;
import io.mailcanary.mail.AuthenticationResult;
import io.mailcanary.mail.ReceivedClient;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.james.jspf.core.DNSRequest;
import org.apache.james.jspf.core.DNSService;
import org.apache.james.jspf.core.exceptions.TimeoutException;
import org.apache.james.jspf.executor.SPFResult;
import org.apache.james.jspf.impl.SPF;
import org.jspecify.annotations.Nullable;

/// Whether the sender's domain lets a client send for it (RFC 7208), as jSPF says.
final class Spf {
  private Spf() {}

  /// @param sender the envelope sender; empty for a bounce, whose client answers for itself (§2.4)
  static AuthenticationCheck check(ReceivedClient client, String sender, Lookups lookups) {
    String address = client.address().getHostAddress();
    String domain =
        (sender.isEmpty() ? client.greeting() : sender.substring(sender.lastIndexOf('@') + 1))
            .toLowerCase(Locale.ROOT);
    Questions questions = new Questions(lookups);
    try {
      SPFResult result = new SPF(questions).checkSPF(address, sender, client.greeting());
      AuthenticationResult word =
          AuthenticationResult.of(result.getResult()).orElse(AuthenticationResult.UNKNOWN);
      String trouble = questions.trouble;
      if (word == AuthenticationResult.TEMPERROR && trouble != null) {
        return check(AuthenticationResult.UNKNOWN, domain, "could not ask: " + trouble);
      }
      return check(word, domain, "client %s, sender <%s>".formatted(address, sender));
    } catch (RuntimeException e) {
      return check(
          AuthenticationResult.UNKNOWN,
          domain,
          "the check of client %s broke down: %s".formatted(address, e.getMessage()));
    }
  }

  static AuthenticationCheck check(AuthenticationResult result, String domain, String reason) {
    return new AuthenticationCheck(
        AuthenticationMethod.SPF, result, AuthenticationCheck.OURSELVES, domain, reason);
  }

  /// The library's questions, asked by our own resolver.
  private static final class Questions implements DNSService {
    private static final int MOST_RECORDS = 10;

    private final Lookups lookups;
    private @Nullable String trouble;

    Questions(Lookups lookups) {
      this.lookups = lookups;
    }

    @Override
    public @Nullable List<String> getRecords(DNSRequest request) throws TimeoutException {
      if (request.getRecordType() == DNSRequest.SPF) {
        // The type is history (RFC 7208 §3.1).
        return null;
      }
      try {
        List<String> found = lookups.find(request.getHostname(), type(request.getRecordType()));
        return found.isEmpty() ? null : found;
      } catch (UnansweredException e) {
        trouble = e.words();
        throw new TimeoutException(e.words());
      }
    }

    @Override
    public CompletionStage<List<String>> getRecordsAsync(DNSRequest request) {
      try {
        List<String> found = getRecords(request);
        return CompletableFuture.completedFuture(found == null ? List.of() : found);
      } catch (TimeoutException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private static RecordType type(int type) {
      return switch (type) {
        case DNSRequest.A -> RecordType.A;
        case DNSRequest.AAAA -> RecordType.AAAA;
        case DNSRequest.MX -> RecordType.MX;
        case DNSRequest.PTR -> RecordType.PTR;
        case DNSRequest.TXT -> RecordType.TXT;
        default -> throw new IllegalArgumentException("no question of SPF: type " + type);
      };
    }

    @Override
    public List<String> getLocalDomainNames() {
      return List.of();
    }

    @Override
    public void setTimeOut(int ignored) {
      // Whoever answers has a limit of his own.
    }

    @Override
    public int getRecordLimit() {
      return MOST_RECORDS;
    }

    @Override
    public void setRecordLimit(int ignored) {
      // RFC 7208 §4.6.4 says it.
    }
  }
}
