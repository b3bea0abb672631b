package io.mailcanary.world;

import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Header;
import org.xbill.DNS.Message;
import org.xbill.DNS.OPTRecord;
import org.xbill.DNS.Opcode;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Zone;

/// Where a name server has its answers from.
@FunctionalInterface
interface DnsSource {
  /// Fills in the sections and flags that the answer needs.
  ///
  /// @return the rcode
  int answer(Record question, Message into);

  /// The whole reply to a query.
  default Message reply(Message query) {
    Message reply = new Message(query.getHeader().getID());
    Header header = reply.getHeader();
    header.setFlag(Flags.QR);
    if (query.getHeader().getFlag(Flags.RD)) {
      header.setFlag(Flags.RD);
    }
    if (query.getOPT() != null) {
      reply.addRecord(new OPTRecord(1232, 0, 0), Section.ADDITIONAL);
    }
    Record question = query.getQuestion();
    if (question == null || query.getHeader().getOpcode() != Opcode.QUERY) {
      header.setRcode(Rcode.NOTIMP);
      return reply;
    }
    reply.addRecord(question, Section.QUESTION);
    header.setRcode(question.getDClass() == DClass.IN ? answer(question, reply) : Rcode.REFUSED);
    return reply;
  }

  static void add(Message to, RRset set, int section) {
    set.rrs().forEach(data -> to.addRecord(data, section));
  }

  /// Adds the SOA with the time for which a missing name may be remembered (RFC 2308 §3).
  static void addNegative(Message to, Zone zone) {
    SOARecord soa = zone.getSOA();
    to.addRecord(
        new SOARecord(
            soa.getName(),
            soa.getDClass(),
            Math.min(soa.getTTL(), soa.getMinimum()),
            soa.getHost(),
            soa.getAdmin(),
            soa.getSerial(),
            soa.getRefresh(),
            soa.getRetry(),
            soa.getExpire(),
            soa.getMinimum()),
        Section.AUTHORITY);
  }
}
