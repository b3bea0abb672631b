package io.mailcanary.world;

import java.util.Optional;
import java.util.function.Predicate;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;
import org.xbill.DNS.Type;
import org.xbill.DNS.Zone;

/// One authoritative server: answers for its zones, refers to those below, and refuses all else.
final class Authority implements DnsSource {
  private final Zones zones;
  private final Predicate<PublishedZone> served;

  /// @param served the zones that it has, whether or not their parent knows
  Authority(Zones zones, Predicate<PublishedZone> served) {
    this.zones = zones;
    this.served = served;
  }

  @Override
  public int answer(Record question, Message into) {
    Optional<PublishedZone> found = zones.enclosing(question.getName(), served);
    if (found.isEmpty()) {
      return Rcode.REFUSED;
    }
    if (found.get().isFailing()) {
      return Rcode.SERVFAIL;
    }
    Zone zone = found.get().edition();
    SetResponse response = zone.findRecords(question.getName(), question.getType());
    if (response.isDelegation() && question.getType() != Type.DS) {
      refer(response.getNS(), zone, into);
      return Rcode.NOERROR;
    }
    into.getHeader().setFlag(Flags.AA);
    if (response.isSuccessful()) {
      response.answers().forEach(set -> DnsSource.add(into, set, Section.ANSWER));
      return Rcode.NOERROR;
    }
    if (response.isCNAME()) {
      into.addRecord(response.getCNAME(), Section.ANSWER);
      return Rcode.NOERROR;
    }
    DnsSource.addNegative(into, zone);
    return response.isNXDOMAIN() ? Rcode.NXDOMAIN : Rcode.NOERROR;
  }

  /// Names the servers of the zone below, with their addresses where they stand below it, too.
  private static void refer(RRset servers, Zone zone, Message into) {
    DnsSource.add(into, servers, Section.AUTHORITY);
    for (Record server : servers.rrs()) {
      Name host = ((NSRecord) server).getTarget();
      RRset glue = zone.findExactMatch(host, Type.A);
      if (glue != null) {
        DnsSource.add(into, glue, Section.ADDITIONAL);
      }
    }
  }
}
