package io.mailcanary.world;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Name;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Zone;

/// A zone under the hands of somebody who changes it. Names are relative to its origin, `@` is the
/// origin itself.
final class ZoneEdit {
  private static final int TTL = 5;

  private final Name origin;
  private final List<Record> records = new ArrayList<>();

  ZoneEdit(Zone zone) {
    origin = zone.getOrigin();
    for (RRset set : zone) {
      records.addAll(set.rrs());
    }
  }

  void remove(String owner, int type) {
    Name name = name(owner);
    records.removeIf(record -> record.getName().equals(name) && record.getType() == type);
  }

  void add(String owner, int type, String data) {
    try {
      records.add(Record.fromString(name(owner), type, DClass.IN, TTL, data, origin));
    } catch (IOException e) {
      throw new IllegalArgumentException(owner + ": " + data, e);
    }
  }

  void add(Record record) {
    records.add(record);
  }

  /// What came out.
  Zone zone() throws IOException {
    return new Zone(origin, records.toArray(Record[]::new));
  }

  private Name name(String owner) {
    try {
      return owner.equals("@") ? origin : Name.fromString(owner, origin);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(owner, e);
    }
  }
}
