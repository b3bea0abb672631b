package io.mailcanary.dns;

import io.mailcanary.dns.RecordData.Cname;
import io.mailcanary.dns.RecordData.Soa;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/// What came of one question. Three of the seven are answers, four are none: nothing follows from
/// those about the name.
public sealed interface DnsAnswer {
  Question question();

  Origin origin();

  /// Somebody who knows the zone, or a resolver that asked him, has answered.
  sealed interface Answered extends DnsAnswer {
    /// The CNAME records that lead from the name in the question to the name that the rest is about
    /// (RFC 6604 §3), in order; empty where there is none.
    List<DnsRecord> chain();

    /// The last name of the chain, or that of the question.
    default DnsName end() {
      return chain().stream()
          .map(DnsRecord::data)
          .reduce((_, last) -> last)
          .filter(Cname.class::isInstance)
          .map(alias -> ((Cname) alias).target())
          .orElse(question().name());
    }
  }

  /// That it isn't there, with how long that may be believed.
  sealed interface Negative extends Answered {
    /// The SOA record out of the authority section (RFC 2308 §3).
    Optional<DnsRecord> soa();

    /// How long the answer may be believed (RFC 2308 §5); nothing without an SOA record.
    default OptionalLong ttl() {
      return soa().stream()
          .filter(record -> record.data() instanceof Soa)
          .mapToLong(record -> Math.min(record.ttl(), ((Soa) record.data()).minimum()))
          .findFirst();
    }
  }

  /// Nothing is known.
  sealed interface Unanswered extends DnsAnswer {}

  /// Records of the type asked for.
  ///
  /// @param records of the type asked for, at the end of the chain. Empty only where an
  ///   authoritative server answers with an alias that leads out of what it knows: then {@link
  ///   #isOpen}
  record Records(
      Question question,
      Origin origin,
      List<DnsRecord> chain,
      List<DnsRecord> records,
      List<Signature> signatures)
      implements Answered {
    public Records {
      chain = List.copyOf(chain);
      records = List.copyOf(records);
      signatures = List.copyOf(signatures);
    }

    /// The alias is known and what it points at must be asked elsewhere.
    public boolean isOpen() {
      return records.isEmpty();
    }

    public <T extends RecordData> List<T> data(Class<T> kind) {
      return records.stream()
          .map(DnsRecord::data)
          .filter(kind::isInstance)
          .map(kind::cast)
          .toList();
    }
  }

  /// NXDOMAIN: the last name of the chain does not exist.
  record NoSuchName(
      Question question, Origin origin, List<DnsRecord> chain, Optional<DnsRecord> soa)
      implements Negative {
    public NoSuchName {
      chain = List.copyOf(chain);
    }
  }

  /// The last name of the chain exists, or names below it do, without a record of this type.
  record NoSuchRecord(
      Question question, Origin origin, List<DnsRecord> chain, Optional<DnsRecord> soa)
      implements Negative {
    public NoSuchRecord {
      chain = List.copyOf(chain);
    }
  }

  /// The server could not: SERVFAIL, or a code that makes no sense for the question.
  ///
  /// @param code the answer code's name, such as `SERVFAIL` or `FORMERR`
  record ServFail(Question question, Origin origin, String code, List<ExtendedError> errors)
      implements Unanswered {
    public ServFail {
      errors = List.copyOf(errors);
    }

    /// The authoritative servers were silent, as the resolver says: this came late.
    public boolean isLate() {
      return errors.stream().anyMatch(ExtendedError::isUnreachable);
    }

    public boolean isDnssec() {
      return errors.stream().anyMatch(ExtendedError::isDnssec);
    }
  }

  /// The server would not.
  record Refused(Question question, Origin origin, List<ExtendedError> errors)
      implements Unanswered {
    public Refused {
      errors = List.copyOf(errors);
    }
  }

  /// No answer came.
  ///
  /// @param why `no answer within 5 s over UDP and TCP`, `network unreachable`, `unintelligible`
  record Timeout(Question question, Origin origin, String why) implements Unanswered {}

  /// A server that the zone names does not know the zone: a referral, or an answer without
  /// authority (RFC 1912 §2.8).
  record Lame(Question question, Origin origin, String why) implements Unanswered {}

  /// The records of the type asked for, none where there is no such answer.
  default List<DnsRecord> found() {
    return this instanceof Records some ? some.records() : List.of();
  }

  /// What the records of the type asked for hold.
  default <T extends RecordData> List<T> found(Class<T> kind) {
    return this instanceof Records some ? some.data(kind) : List.of();
  }

  /// The CNAME records that lead from the name in the question on, whatever came at their end.
  default List<DnsRecord> aliases() {
    return this instanceof Answered answered ? answered.chain() : List.of();
  }

  /// In one line, as it stands in evidence: what was asked of whom, and what came.
  default String sentence() {
    return "%s asked of %s: %s".formatted(question(), origin().server(), outcome());
  }

  /// What came, in a few words.
  default String outcome() {
    String via = aliases().isEmpty() ? "" : "by alias of " + aliasPath() + ": ";
    return switch (this) {
      case Records some when some.isOpen() -> "alias of " + aliasPath() + ", which lies elsewhere";
      case Records some -> via + shown(some.records().stream());
      case NoSuchName _ -> via + "no such name (NXDOMAIN)";
      case NoSuchRecord _ -> via + "no such record (NOERROR, empty)";
      case ServFail fail -> fail.code() + because(fail.errors());
      case Refused refused -> "refused (REFUSED)" + because(refused.errors());
      case Timeout silent -> "no answer (" + silent.why() + ")";
      case Lame lame -> "not authoritative (" + lame.why() + ")";
    };
  }

  private String aliasPath() {
    return String.join(" → ", aliases().stream().map(alias -> alias.data().toString()).toList());
  }

  private static String because(List<ExtendedError> errors) {
    return errors.isEmpty()
        ? ""
        : ", " + String.join(", ", errors.stream().map(ExtendedError::toString).toList());
  }

  private static String shown(Stream<DnsRecord> records) {
    List<String> texts = records.map(record -> Visible.cut(record.data().toString())).toList();
    int most = 12;
    return texts.size() <= most
        ? String.join(", ", texts)
        : String.join(", ", texts.subList(0, most)) + " and " + (texts.size() - most) + " more";
  }
}
