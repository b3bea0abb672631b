package io.mailcanary.dns;

/// What a relay does with mail for a next hop whose name resolves as it does now.
///
/// @param status the enhanced status it gives; empty where it gives none
/// @param words what it logs or writes into the bounce; empty where that is not known or it
///   delivers
public record NextHopForecast(RelayKind relay, Outcome outcome, String status, String words) {

  /// What becomes of the mail.
  public enum Outcome {
    DELIVERS("delivers"),
    /// Goes to the fallback that the relay has.
    FALLS_BACK("goes to the fallback"),
    /// Stays in the queue and is tried again.
    DEFERS("is held and tried again"),
    /// Stays in the queue until a person thaws it.
    FREEZES("is frozen until a person thaws it"),
    /// Goes back to its author at the first attempt.
    BOUNCES("bounces at the first attempt"),
    /// The client is told to come again; nothing is queued.
    REFUSES("is refused for now, nothing is queued");

    private final String words;

    Outcome(String words) {
      this.words = words;
    }

    /// After "mail".
    public String words() {
      return words;
    }
  }

  /// Says what happens before it happens.
  public static NextHopForecast of(RelayKind relay, DnsName hop, Vantage vantage) {
    return NextHops.forecast(relay, hop, HopState.of(vantage, hop, relay.looksAtMx()));
  }

  /// `Postfix (smtp:HOP): mail bounces at the first attempt, 5.4.4 Host or domain name not found…`
  public String sentence() {
    String said = (status + " " + words).strip();
    return "%s (%s): mail %s%s"
        .formatted(
            relay.product(), relay.form(), outcome.words(), said.isEmpty() ? "" : ", " + said);
  }
}
