package io.mailcanary.world;

import java.util.Optional;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SetResponse;

/// The resolver of this world: finds its way from the root along the delegations and remembers
/// nothing, so that whatever is repaired is seen at once.
final class Recursion implements DnsSource {
  private static final int MOST_ALIASES = 10;

  private final Zones zones;

  Recursion(Zones zones) {
    this.zones = zones;
  }

  @Override
  public int answer(Record question, Message into) {
    into.getHeader().setFlag(Flags.RA);
    Name name = question.getName();
    for (int aliases = 0; aliases <= MOST_ALIASES; aliases++) {
      Optional<PublishedZone> found = zones.delegated(name);
      if (found.isEmpty()) {
        return Rcode.REFUSED;
      }
      if (found.get().isFailing()) {
        return Rcode.SERVFAIL;
      }
      SetResponse response = found.get().edition().findRecords(name, question.getType());
      if (response.isSuccessful()) {
        response.answers().forEach(set -> DnsSource.add(into, set, Section.ANSWER));
        return Rcode.NOERROR;
      }
      if (!response.isCNAME()) {
        DnsSource.addNegative(into, found.get().edition());
        return response.isNXDOMAIN() ? Rcode.NXDOMAIN : Rcode.NOERROR;
      }
      CNAMERecord alias = response.getCNAME();
      into.addRecord(alias, Section.ANSWER);
      name = alias.getTarget();
    }
    return Rcode.SERVFAIL;
  }
}
