package io.mailcanary.store;

import io.mailcanary.incident.Incident;
import io.mailcanary.incident.IncidentState;
import io.mailcanary.incident.Silence;
import io.mailcanary.mail.Severity;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is kept of incidents and silences. Every method throws [StoreException] when the database
/// does not answer; nothing is half done then.
public interface IncidentStore {
  /// Puts a decision, the incident and what is to be told on record, in one commit.
  ///
  /// @return false: somebody else changed the incident meanwhile, or opened one with the same key;
  ///   nothing was done, and the decision has to be made again from what is on record
  boolean write(IncidentEntry entry);

  Optional<Incident> find(String id);

  /// Those that are not resolved, oldest first.
  List<Incident> open();

  /// Newest first.
  ///
  /// @param state only these; null: all
  /// @param before only those with a lower id; null: from the newest
  List<Incident> page(@Nullable IncidentState state, @Nullable String before, int limit);

  /// What was decided of an incident, oldest first.
  List<IncidentStep> steps(String id);

  /// What became of its notifications, oldest first.
  List<Told> told(String id);

  /// How many incidents are how.
  Map<Count, Long> counts();

  /// Silences that were posted and are not over, in the order of their beginning.
  List<Silence> silences(Instant now);

  void put(Silence silence);

  /// @return whether there was one
  boolean removeSilence(String id);

  /// Removes incidents that were resolved longer ago than that, with all that belongs to them, and
  /// silences that are as long over.
  void tidy(Instant now, Duration keep);

  /// A kind of incident that is counted.
  record Count(Severity severity, IncidentState state) {}

  /// What became of a notification at one channel.
  ///
  /// @param result `waiting`, `standing`, `sent`, `failed` or `muted`
  /// @param words the channel's last answer, or why it was not asked
  record Told(
      String notification,
      String event,
      String channel,
      String result,
      Instant madeAt,
      int attempts,
      String words) {}
}
