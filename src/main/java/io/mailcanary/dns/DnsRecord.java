package io.mailcanary.dns;

/// One record of an answer.
///
/// @param ttl seconds that are left of its life as it was served
public record DnsRecord(DnsName owner, long ttl, RecordData data) {
  public RecordType type() {
    return data.type();
  }

  @Override
  public String toString() {
    return "%s %d IN %s %s".formatted(owner, ttl, type(), data);
  }
}
