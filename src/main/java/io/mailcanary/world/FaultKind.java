package io.mailcanary.world;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What can be made to go wrong in this world, and what to tell people about it.
enum FaultKind {
  MX_MISSING(
      "The MX of campus.example is gone",
      """
      The MX record is taken out of the zone; its address record still answers, so every simple \
      look finds the name. Receivers that insist on an MX (the provider and the publisher) refuse \
      mail from the campus for now; the partner takes it. Nothing heals before the record is back.\
      """,
      FaultValue.NONE),
  MAILBOX_DOWN(
      "The partner's mailbox server is down",
      """
      pop.outside.example ends every connection. Mail still arrives there, only we cannot see it: \
      its path becomes blind, and nobody is blamed for lost mail.\
      """,
      FaultValue.NONE),
  CLOCK_SKEW(
      "The border's clock is wrong",
      """
      mx.campus.example writes trace lines with a clock that runs ahead. Mail flows as before, so       nothing may turn bad and no delay may be made up; the skew itself is told.\
      """,
      FaultValue.skew("5m"));

  private final String title;
  private final String explanation;
  private final FaultValue takes;

  FaultKind(String title, String explanation, FaultValue takes) {
    this.title = title;
    this.explanation = explanation;
    this.takes = takes;
  }

  /// As the interface has it: `mx-missing`.
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  String title() {
    return title;
  }

  String explanation() {
    return takes.hint().isEmpty() ? explanation : explanation + " " + takes.hint();
  }

  FaultValue takes() {
    return takes;
  }

  static Optional<FaultKind> of(String word) {
    return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
  }
}
