package io.mailcanary.dns;

/// What is asked of a server or a resolver.
public record Question(DnsName name, RecordType type) {
  public static Question of(String name, RecordType type) {
    return new Question(new DnsName(name), type);
  }

  @Override
  public String toString() {
    return type + " " + name;
  }
}
