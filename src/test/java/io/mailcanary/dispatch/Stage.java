package io.mailcanary.dispatch;

import io.mailcanary.incident.Channel;
import io.mailcanary.incident.Incident;
import io.mailcanary.incident.Notification.Event;
import io.mailcanary.incident.Route;
import io.mailcanary.notify.Alarms;
import io.mailcanary.notify.HttpDoor;
import io.mailcanary.notify.Outcome;
import io.mailcanary.runtime.Board;
import io.mailcanary.runtime.ConfigurationView;
import io.mailcanary.runtime.Paging;
import io.mailcanary.runtime.Part;
import io.mailcanary.runtime.Plan;
import io.mailcanary.runtime.ServiceSettings;
import io.mailcanary.store.Database;
import io.mailcanary.store.DatabaseSettings;
import io.mailcanary.store.IncidentEntry;
import io.mailcanary.store.IncidentEntry.Telling;
import io.mailcanary.store.IncidentEntry.Turn;
import io.mailcanary.store.IncidentStore;
import io.mailcanary.store.SqlIncidentStore;
import io.mailcanary.store.SqlOutbox;
import io.mailcanary.wire.Trust;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// A dispatcher on a database, with channels that somebody plays.
final class Stage implements AutoCloseable {
  /// Quick, and quick to give up.
  static final Patience HASTY =
      new Patience(
          Duration.ofMillis(20),
          Duration.ofSeconds(5),
          Duration.ofMillis(20),
          Duration.ofMillis(200),
          Duration.ofMillis(500),
          Duration.ofSeconds(20),
          Duration.ofMillis(300));

  final Database database;
  final IncidentStore incidents;
  final Board board = new Board(new ConfigurationView(Instant.EPOCH, List.of()));
  final HttpDoor door;
  final Dispatcher dispatcher;
  final Map<String, AtomicInteger> meters = new ConcurrentHashMap<>();
  private final InstantSource clock = InstantSource.system();

  Stage(DatabaseSettings settings, Patience patience, Duration answer) {
    database = Database.open(settings);
    incidents = new SqlIncidentStore(database);
    door = new HttpDoor(new Trust(), clock, answer);
    dispatcher =
        new Dispatcher(
            new SqlOutbox(database),
            incidents,
            new Notifiers(door, (_, _, _, _) -> new Outcome.Refused("no relay here"), clock)::of,
            board,
            clock,
            new Random(1),
            (channel, result) ->
                meters
                    .computeIfAbsent(channel + " " + result.word(), _ -> new AtomicInteger())
                    .incrementAndGet(),
            patience);
  }

  static Stage inMemory() {
    return new Stage(new DatabaseSettings.InMemory(), HASTY, Duration.ofSeconds(1));
  }

  Stage playing(Channel... channels) {
    dispatcher.follow(plan(channels));
    dispatcher.start(true);
    return this;
  }

  static Plan plan(Channel... channels) {
    Map<String, Channel> named = new LinkedHashMap<>();
    for (Channel channel : channels) {
      named.put(channel.name(), channel);
    }
    return new Plan(Map.of(), Map.of(), Map.of(), Map.of(), ServiceSettings.DEFAULT)
        .with(new Paging(named, List.<Route>of(), Optional.empty(), List.of()));
  }

  /// Puts on record what is to be told, and says so.
  boolean decide(
      @Nullable Incident before, Incident incident, Event event, List<String> to, String... then) {
    boolean done =
        incidents.write(
            new IncidentEntry(
                before,
                incident,
                clock.instant(),
                event.word(),
                "because",
                Optional.of(
                    new Telling(
                        Alarms.notification(event, incident),
                        List.of(new Turn(to, List.of(then))),
                        Optional.empty()))));
    dispatcher.wake();
    return done;
  }

  List<String> results(String id) {
    return incidents.told(id).stream()
        .map(told -> told.channel() + " " + told.event() + " " + told.result())
        .toList();
  }

  Optional<Part> part(String name) {
    return board.parts().stream().filter(part -> part.name().equals(name)).findFirst();
  }

  int metered(String what) {
    AtomicInteger count = meters.get(what);
    return count == null ? 0 : count.get();
  }

  @Override
  public void close() {
    dispatcher.close();
    door.close();
    database.close();
  }
}
