package io.mailcanary.resolver;

import io.mailcanary.dns.DnsAnswer;
import io.mailcanary.dns.DnsName;
import io.mailcanary.dns.DnsRecord;
import io.mailcanary.dns.ExtendedError;
import io.mailcanary.dns.Origin;
import io.mailcanary.dns.Question;
import io.mailcanary.dns.RecordData;
import io.mailcanary.dns.RecordType;
import io.mailcanary.dns.Signature;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DSRecord;
import org.xbill.DNS.EDNSOption;
import org.xbill.DNS.ExtendedErrorCodeOption;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.RRSIGRecord;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/// Turns a message into one of the seven answers. What a message holds is bounded before it is
/// looked at, and what does not fit our words is left aside.
final class AnswerReader {
  static final int MOST_ALIASES = 10;
  static final int MOST_RECORDS = 200;

  private static final int MOST_KNOWN = 30_000;
  private static final Map<DnsRecord, DnsRecord> KNOWN = new ConcurrentHashMap<>();

  private final Question question;
  private final Origin origin;
  private final Look look;
  private final Message message;
  private final List<Record> answers;

  private AnswerReader(Question question, String server, Look look, Message message) {
    this.question = question;
    this.look = look;
    this.message = message;
    this.origin =
        new Origin(
            server, message.getHeader().getFlag(Flags.AA), message.getHeader().getFlag(Flags.AD));
    this.answers = message.getSection(Section.ANSWER).stream().limit(MOST_RECORDS).toList();
  }

  /// @param server as people know it
  static DnsAnswer read(Question question, String server, Look look, Message message) {
    return new AnswerReader(question, server, look, message).read();
  }

  private DnsAnswer read() {
    return switch (message.getRcode()) {
      case Rcode.NOERROR -> noError();
      case Rcode.NXDOMAIN ->
          isLame()
              ? lame("no such name, without authority")
              : new DnsAnswer.NoSuchName(question, origin, chain(), soa());
      case Rcode.REFUSED -> new DnsAnswer.Refused(question, origin, errors());
      case Rcode.NOTAUTH -> lame("answer code NOTAUTH");
      default ->
          new DnsAnswer.ServFail(question, origin, Rcode.string(message.getRcode()), errors());
    };
  }

  private DnsAnswer noError() {
    List<DnsRecord> chain = chain();
    List<DnsRecord> found = records(end(chain));
    if (isLame()) {
      return lame(isReferral() ? "refers to " + referral() : "answer without authority");
    }
    if (!found.isEmpty()) {
      return new DnsAnswer.Records(question, origin, chain, found, signatures());
    }
    if (soa().isEmpty() && !chain.isEmpty() && !look.recurses()) {
      return new DnsAnswer.Records(question, origin, chain, List.of(), signatures());
    }
    if (soa().isEmpty() && chain.isEmpty() && isReferral()) {
      return lame("refers to " + referral());
    }
    return new DnsAnswer.NoSuchRecord(question, origin, chain, soa());
  }

  private boolean isLame() {
    return !look.recurses() && !origin.authoritative();
  }

  /// A list of servers further down in place of an answer (RFC 1034 §4.3.1).
  private boolean isReferral() {
    return answers.isEmpty()
        && message.getSection(Section.AUTHORITY).stream().anyMatch(NSRecord.class::isInstance);
  }

  private String referral() {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(NSRecord.class::isInstance)
        .map(ns -> ns.getName().equals(Name.root) ? "the root" : text(ns.getName()))
        .findFirst()
        .orElse("others");
  }

  private DnsAnswer lame(String why) {
    return new DnsAnswer.Lame(question, origin, why);
  }

  private List<DnsRecord> chain() {
    List<DnsRecord> chain = new ArrayList<>();
    if (question.type() == RecordType.CNAME) {
      return chain;
    }
    DnsName name = question.name();
    while (chain.size() < MOST_ALIASES) {
      Optional<DnsRecord> alias = alias(name);
      if (alias.isEmpty()) {
        return chain;
      }
      chain.add(alias.get());
      name = ((RecordData.Cname) alias.get().data()).target();
    }
    return chain;
  }

  private Optional<DnsRecord> alias(DnsName name) {
    return answers.stream()
        .filter(CNAMERecord.class::isInstance)
        .filter(record -> name.equals(name(record.getName())))
        .findFirst()
        .flatMap(AnswerReader::record);
  }

  private DnsName end(List<DnsRecord> chain) {
    return chain.isEmpty() ? question.name() : ((RecordData.Cname) chain.getLast().data()).target();
  }

  private List<DnsRecord> records(DnsName owner) {
    return answers.stream()
        .map(AnswerReader::record)
        .flatMap(Optional::stream)
        .filter(record -> record.type() == question.type() && record.owner().equals(owner))
        .distinct()
        .toList();
  }

  private List<Signature> signatures() {
    return answers.stream()
        .filter(RRSIGRecord.class::isInstance)
        .map(RRSIGRecord.class::cast)
        .flatMap(one -> signature(one).stream())
        .toList();
  }

  private static Optional<Signature> signature(RRSIGRecord one) {
    return type(one.getTypeCovered())
        .map(covers ->
            new Signature(
                covers,
                name(one.getSigner()),
                one.getAlgorithm(),
                one.getFootprint(),
                one.getTimeSigned(),
                one.getExpire()));
  }

  private Optional<DnsRecord> soa() {
    return message.getSection(Section.AUTHORITY).stream()
        .filter(SOARecord.class::isInstance)
        .findFirst()
        .flatMap(AnswerReader::record);
  }

  private List<ExtendedError> errors() {
    OPTRecord options = message.getOPT();
    return options == null
        ? List.of()
        : options.getOptions(EDNSOption.Code.EDNS_EXTENDED_ERROR).stream()
            .filter(ExtendedErrorCodeOption.class::isInstance)
            .map(ExtendedErrorCodeOption.class::cast)
            .limit(8)
            .map(one ->
                new ExtendedError(one.getErrorCode(), one.getText() == null ? "" : one.getText()))
            .toList();
  }

  /// Empty where its type is none of ours.
  static Optional<DnsRecord> record(Record record) {
    return data(record)
        .map(data -> new DnsRecord(name(record.getName()), record.getTTL(), data))
        .map(AnswerReader::known);
  }

  /// Answers are kept, and what they hold is mostly what those before held: one of each will do.
  private static DnsRecord known(DnsRecord record) {
    if (KNOWN.size() > MOST_KNOWN) {
      KNOWN.clear();
    }
    DnsRecord before = KNOWN.putIfAbsent(record, record);
    return before == null ? record : before;
  }

  private static Optional<RecordData> data(Record record) {
    return switch (record) {
      case ARecord a -> Optional.of(new RecordData.Address(a.getAddress()));
      case AAAARecord aaaa -> Optional.of(new RecordData.Address(aaaa.getAddress()));
      case MXRecord mx -> Optional.of(new RecordData.Mx(mx.getPriority(), name(mx.getTarget())));
      case TXTRecord txt ->
          Optional.of(
              new RecordData.Txt(
                  txt.getStringsAsByteArrays().stream()
                      .map(octets -> new String(octets, StandardCharsets.ISO_8859_1))
                      .toList()));
      case CNAMERecord cname -> Optional.of(new RecordData.Cname(name(cname.getTarget())));
      case NSRecord ns -> Optional.of(new RecordData.Ns(name(ns.getTarget())));
      case PTRRecord ptr -> Optional.of(new RecordData.Ptr(name(ptr.getTarget())));
      case SOARecord soa ->
          Optional.of(
              new RecordData.Soa(
                  name(soa.getHost()),
                  name(soa.getAdmin()),
                  soa.getSerial(),
                  soa.getRefresh(),
                  soa.getRetry(),
                  soa.getExpire(),
                  soa.getMinimum()));
      case TLSARecord tlsa ->
          Optional.of(
              new RecordData.Tlsa(
                  tlsa.getCertificateUsage(),
                  tlsa.getSelector(),
                  tlsa.getMatchingType(),
                  HexFormat.of().formatHex(tlsa.getCertificateAssociationData())));
      case DSRecord ds ->
          Optional.of(
              new RecordData.Ds(
                  ds.getFootprint(),
                  ds.getAlgorithm(),
                  ds.getDigestID(),
                  HexFormat.of().formatHex(ds.getDigest())));
      case DNSKEYRecord key ->
          Optional.of(
              new RecordData.Dnskey(key.getFlags(), key.getAlgorithm(), key.getFootprint()));
      default -> Optional.empty();
    };
  }

  private static Optional<RecordType> type(int type) {
    try {
      return Optional.of(RecordType.valueOf(Type.string(type)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  static DnsName name(Name name) {
    return new DnsName(text(name));
  }

  /// The same names come again and again, and are kept.
  private static String text(Name name) {
    String text = name.toString(true);
    return text.isEmpty() ? "." : text.intern();
  }
}
