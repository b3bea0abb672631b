package io.mailcanary.incident;

/// What follows from what is known, and why.
public sealed interface Decision {
  /// A sentence.
  String reason();

  /// Somebody has to know of something new.
  record Open(Incident incident, String reason) implements Decision {}

  /// What was told has changed.
  ///
  /// @param worthTelling whether people are told, or only the record is kept
  record Update(Incident incident, boolean worthTelling, String reason) implements Decision {}

  /// Somebody took it on.
  record Acknowledge(Incident incident, String reason) implements Decision {}

  /// It is over.
  record Resolve(Incident incident, String reason) implements Decision {}

  /// What was said of it before its end is put right; nobody is woken for that.
  ///
  /// @param before as it is on record
  record Correct(Incident before, Incident incident, String reason) implements Decision {}

  /// It still goes on, and nobody took it on.
  record Remind(Incident incident, String reason) implements Decision {}

  /// Nobody is told.
  record Nothing(String reason) implements Decision {}
}
