package io.mailcanary.world;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/// One mailbox in memory, with a door that can be shut.
final class SimulatedMailbox {
  private static final int MOST_MESSAGES = 5_000;

  private final InstantSource clock;
  private final List<SimulatedWorld.Filed> messages = new ArrayList<>();
  private final List<SimulatedWorld.Eye> eyes = new ArrayList<>();
  private final InForce<Act.Door> door = new InForce<>(Act.Door.OPEN);
  private long uids;

  SimulatedMailbox(InstantSource clock) {
    this.clock = clock;
  }

  void file(String folder, byte[] message) {
    Instant now = clock.instant();
    SimulatedWorld.Filed one =
        new SimulatedWorld.Filed(folder, Long.toString(++uids), now, message);
    messages.add(one);
    if (messages.size() > MOST_MESSAGES) {
      messages.removeFirst();
    }
    if (door.now() == Act.Door.OPEN) {
      eyes.forEach(eye -> eye.found(one));
    }
  }

  void remove(String folder, String uid) {
    messages.removeIf(one -> one.folder().equals(folder) && one.uid().equals(uid));
  }

  List<SimulatedWorld.Filed> messages() {
    return List.copyOf(messages);
  }

  Act.Door door() {
    return door.now();
  }

  void watch(SimulatedWorld.Eye eye) {
    eyes.add(eye);
    eye.door(door.now());
  }

  Repair keep(Act.Door next) {
    Repair repair = door.put(next);
    tell();
    return () -> {
      repair.run();
      tell();
    };
  }

  private void tell() {
    eyes.forEach(eye -> eye.door(door.now()));
  }
}
