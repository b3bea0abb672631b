package io.mailcanary.dns;

final class NextHops {
  private NextHops() {}

  static NextHopForecast forecast(RelayKind relay, DnsName hop, Vantage vantage) {
    throw new IllegalStateException(relay + " " + hop + " " + vantage);
  }
}
