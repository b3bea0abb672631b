package io.mailcanary.dns;

/// What a relay does with mail for a next hop whose name resolves as it does now.
///
/// @param words what it logs or writes into the bounce; empty where it delivers
/// @param reason a sentence
public record NextHopForecast(RelayKind relay, Outcome outcome, String words, String reason) {
  /// What becomes of the mail.
  public enum Outcome {
    DELIVERS,
    /// Goes to the fallback that the relay has.
    FALLS_BACK,
    /// Stays in the queue and is tried again.
    DEFERS,
    /// Stays in the queue until a person thaws it.
    FREEZES,
    /// Goes back to its author at the first attempt.
    BOUNCES,
    /// The client is told to come again; nothing is queued.
    REFUSES
  }

  /// Says what happens before it happens.
  public static NextHopForecast of(RelayKind relay, DnsName hop, Vantage vantage) {
    return NextHops.forecast(relay, hop, vantage);
  }
}
