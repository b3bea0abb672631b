package io.mailcanary.dns;

/// The types of records that mail depends on.
public enum RecordType {
  A,
  AAAA,
  MX,
  TXT,
  CNAME,
  NS,
  SOA,
  PTR,
  TLSA,
  DS,
  DNSKEY;

  public boolean isAddress() {
    return this == A || this == AAAA;
  }
}
