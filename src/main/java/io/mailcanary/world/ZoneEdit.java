package io.mailcanary.world;

import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;
import org.xbill.DNS.Zone;

/// A zone under the hands of somebody who changes it. Names are relative to its origin, `@` is the
/// origin itself.
final class ZoneEdit {
  private final Zone zone;

  ZoneEdit(Zone zone) {
    this.zone = zone;
  }

  void remove(String owner, int type) {
    RRset set = zone.findExactMatch(name(owner), type);
    if (set != null) {
      set.rrs().forEach(zone::removeRecord);
    }
  }

  /// All that stands there but what makes it a zone.
  void removeAll(String owner) {
    Name name = name(owner);
    List<Record> doomed = new ArrayList<>();
    for (RRset set : zone) {
      if (set.getName().equals(name) && set.getType() != Type.SOA && set.getType() != Type.NS) {
        doomed.addAll(set.rrs());
      }
    }
    doomed.forEach(zone::removeRecord);
  }

  void add(String owner, int type, String data) {
    try {
      zone.addRecord(Record.fromString(name(owner), type, DClass.IN, 5, data, zone.getOrigin()));
    } catch (java.io.IOException e) {
      throw new IllegalArgumentException(owner + ": " + data, e);
    }
  }

  private Name name(String owner) {
    try {
      return owner.equals("@") ? zone.getOrigin() : Name.fromString(owner, zone.getOrigin());
    } catch (TextParseException e) {
      throw new IllegalArgumentException(owner, e);
    }
  }
}
