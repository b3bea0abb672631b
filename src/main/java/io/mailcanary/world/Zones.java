package io.mailcanary.world;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;
import org.xbill.DNS.Zone;

/// All of DNS, as far as this world goes. Answers like a resolver that knows every zone, and like
/// the server of each of them.
final class Zones {
  private static final int MOST_ALIASES = 10;

  private final List<PublishedZone> zones;

  private Zones(List<PublishedZone> zones) {
    this.zones = zones;
  }

  /// Reads the zones from the text files beside this class.
  static Zones load(List<String> origins) throws IOException {
    List<PublishedZone> zones = new ArrayList<>();
    for (String origin : origins) {
      zones.add(PublishedZone.load(origin));
    }
    return new Zones(List.copyOf(zones));
  }

  /// Publishes a new edition of a zone with something changed in it.
  ///
  /// @return publishes one without that change again
  Repair edit(String origin, Consumer<ZoneEdit> change) {
    return published(origin).edit(change);
  }

  /// The zone with this origin, to change its records until its next edition.
  Zone zone(String origin) {
    return published(origin).edition();
  }

  private PublishedZone published(String origin) {
    String absolute = origin.endsWith(".") ? origin : origin + ".";
    return zones.stream()
        .filter(zone -> zone.origin().toString().equals(absolute))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(origin + ": no such zone"));
  }

  Message answer(Message query) {
    Message answer = new Message(query.getHeader().getID());
    Header header = answer.getHeader();
    header.setFlag(Flags.QR);
    header.setFlag(Flags.RA);
    if (query.getHeader().getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    } else {
      // Asked as the server of the zone, which it is, too.
      header.setFlag(Flags.AA);
    }
    OPTRecord options = query.getOPT();
    if (options != null) {
      answer.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    }
    Record question = query.getQuestion();
    if (question == null || query.getHeader().getOpcode() != Opcode.QUERY) {
      header.setRcode(Rcode.NOTIMP);
      return answer;
    }
    answer.addRecord(question, Section.QUESTION);
    if (question.getDClass() != DClass.IN) {
      header.setRcode(Rcode.REFUSED);
      return answer;
    }
    fill(answer, question);
    return answer;
  }

  private void fill(Message answer, Record question) {
    Name name = question.getName();
    for (int aliases = 0; aliases <= MOST_ALIASES; aliases++) {
      Optional<Zone> zone = enclosing(name);
      if (zone.isEmpty()) {
        answer.getHeader().setRcode(Rcode.REFUSED);
        return;
      }
      SetResponse found = zone.get().findRecords(name, question.getType());
      if (found.isSuccessful()) {
        found.answers().forEach(set -> add(answer, set, Section.ANSWER));
        return;
      }
      if (!found.isCNAME()) {
        if (found.isNXDOMAIN()) {
          answer.getHeader().setRcode(Rcode.NXDOMAIN);
        }
        answer.addRecord(negative(zone.get()), Section.AUTHORITY);
        return;
      }
      CNAMERecord alias = found.getCNAME();
      answer.addRecord(alias, Section.ANSWER);
      name = alias.getTarget();
    }
    answer.getHeader().setRcode(Rcode.SERVFAIL);
  }

  private static void add(Message answer, RRset set, int section) {
    set.rrs().forEach(data -> answer.addRecord(data, section));
  }

  /// The SOA with the time for which a missing name may be remembered (RFC 2308 §3).
  private static Record negative(Zone zone) {
    SOARecord soa = zone.getSOA();
    return new SOARecord(
        soa.getName(),
        soa.getDClass(),
        Math.min(soa.getTTL(), soa.getMinimum()),
        soa.getHost(),
        soa.getAdmin(),
        soa.getSerial(),
        soa.getRefresh(),
        soa.getRetry(),
        soa.getExpire(),
        soa.getMinimum());
  }

  private Optional<Zone> enclosing(Name name) {
    return zones.stream()
        .filter(zone -> name.subdomain(zone.origin()))
        .max(Comparator.comparingInt(zone -> zone.origin().labels()))
        .map(PublishedZone::edition);
  }
}
