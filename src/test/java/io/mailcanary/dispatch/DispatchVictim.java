package io.mailcanary.dispatch;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.mail.Severity;
import io.mailcanary.notify.Alarms;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Outcome;
import io.mailcanary.path.Secret;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.IncidentEntry;
import io.mailcanary.store.IncidentEntry.Telling;
import io.mailcanary.store.IncidentEntry.Turn;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.Outbox;
import io.mailcanary.store.SqlIncidentStore;
import io.mailcanary.store.SqlOutbox;
import io.mailcanary.wire.Trust;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// Tells what those before it left, decides on one incident more, and stands still at a step of its
/// way to the channel, until it is killed.
final class DispatchVictim {
  /// Begins the lines that count.
  static final String AT = "at ";

  /// Where it stands still; those without a hook here stand still in the channel's server.
  enum Step {
    /// Nothing is on record yet.
    DECIDING,
    /// On record, and nobody knows yet.
    DECIDED,
    /// Claimed, not sent.
    CLAIMED,
    /// The channel's server has the request and does not answer.
    SENDING,
    /// Answered, not marked.
    ANSWERED,
    /// Marked as sent.
    MARKED,
    /// It only empties the outbox.
    NEVER
  }

  private DispatchVictim() {}

  /// @param arguments the data directory, the channel's address, the step, the incident's id
  public static void main(String[] arguments) throws IOException {
    Step step = Step.valueOf(arguments[2]);
    String id = arguments[3];
    InstantSource clock = InstantSource.system();
    Database database = Database.open(new DatabaseSettings.Embedded(Path.of(arguments[0])));
    IncidentStore incidents = new SqlIncidentStore(database);
    Dispatcher dispatcher =
        new Dispatcher(
            new Halting(new SqlOutbox(database), step, id),
            incidents,
            new Notifiers(
                    new HttpDoor(new Trust(), clock),
                    (_, _, _, _) -> new Outcome.Refused("no relay here"),
                    clock)
                ::of,
            new Board(new ConfigurationView(Instant.EPOCH, List.of())),
            clock,
            new Random(),
            (_, _) -> {},
            Patience.DEFAULT);
    dispatcher.follow(
        Stage.plan(
            new Channel.Webhook(
                "hook", new Secret(arguments[1]), Optional.empty(), Optional.empty())));
    dispatcher.start(true);
    if (step != Step.NEVER) {
      decide(incidents, step, id);
      dispatcher.wake();
    }
    awaitEnd();
  }

  /// Until it is killed, or whoever started it is gone: the pipe between them ends then.
  private static void awaitEnd() throws IOException {
    while (System.in.read() >= 0) {
      // Nobody says anything.
    }
  }

  private static void decide(IncidentStore incidents, Step step, String id) {
    Incident incident = Alarms.incident(id, Severity.PAGE);
    halt(Step.DECIDING, step);
    incidents.write(
        new IncidentEntry(
            null,
            incident,
            Instant.now(),
            "opened",
            "because",
            Optional.of(
                new Telling(
                    Alarms.notification(Event.OPENED, incident),
                    List.of(new Turn(List.of("hook"), List.of())),
                    Optional.empty()))));
    halt(Step.DECIDED, step);
  }

  private static void halt(Step here, Step wanted) {
    if (here == wanted) {
      System.out.println(AT + here);
      System.out.flush();
      while (true) {
        java.util.concurrent.locks.LockSupport.park();
      }
    }
  }

  /// Stands still round the database's part of the way.
  private record Halting(Outbox real, Step step, String id) implements Outbox {
    private boolean isOurs(Claimed claimed) {
      return claimed.notification().incident().id().equals(id);
    }

    @Override
    public List<Claimed> claim(
        String owner, String channel, int most, Instant now, Duration lease) {
      List<Claimed> claimed = real.claim(owner, channel, most, now, lease);
      if (claimed.stream().anyMatch(this::isOurs)) {
        halt(Step.CLAIMED, step);
      }
      return claimed;
    }

    @Override
    public void sent(
        String owner,
        Claimed claimed,
        Instant now,
        String words,
        Duration again,
        Optional<Instant> until) {
      if (isOurs(claimed)) {
        halt(Step.ANSWERED, step);
      }
      real.sent(owner, claimed, now, words, again, until);
      if (isOurs(claimed)) {
        halt(Step.MARKED, step);
      }
    }

    @Override
    public Set<String> due(Instant now) {
      return real.due(now);
    }

    @Override
    public void renew(String owner, Set<Long> seqs, Instant until) {
      real.renew(owner, seqs, until);
    }

    @Override
    public void later(String owner, Claimed claimed, Instant next, String words) {
      real.later(owner, claimed, next, words);
    }

    @Override
    public void failed(String owner, Claimed claimed, Instant now, String words) {
      real.failed(owner, claimed, now, words);
    }

    @Override
    public int forget(Set<String> channels, Instant now) {
      return real.forget(channels, now);
    }

    @Override
    public List<String> fallBack(Instant impatient, Instant now) {
      return real.fallBack(impatient, now);
    }

    @Override
    public void release() {
      real.release();
    }

    @Override
    public Optional<Backlog> backlog() {
      return real.backlog();
    }
  }
}
