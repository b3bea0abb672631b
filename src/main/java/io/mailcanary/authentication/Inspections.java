package io.mailcanary.authentication;

import io.mailcanary.mail.AuthenticationCheck;
import io.mailcanary.mail.DkimSignature;
import io.mailcanary.mail.HandOver;
import io.mailcanary.mail.HeaderBlock;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Checks letters on threads of their own, a few at a time.
public final class Inspections implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Inspections.class);
  private static final int AT_A_TIME = 16;

  /// Each holds its letter.
  private static final int MOST_WAITING = 256;

  private final Authenticator authenticator;
  private final Consumer<DkimSignature> learned;
  private final BiConsumer<Letter, HandOver> handedOver;
  private final Semaphore turns = new Semaphore(AT_A_TIME);
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean closed;

  /// @param learned is told the signatures of what arrived; it may block
  /// @param handedOver is told from where to where it went; it must not block
  public Inspections(
      Authenticator authenticator,
      Consumer<DkimSignature> learned,
      BiConsumer<Letter, HandOver> handedOver) {
    this.authenticator = authenticator;
    this.learned = learned;
    this.handedOver = handedOver;
  }

  /// Finds out what a letter's authentication comes to. Where too many wait already, nothing comes
  /// of it: the next canary is as good.
  ///
  /// @param done is always told; nothing, where nothing was found out
  public void inspect(Letter letter, Consumer<List<AuthenticationCheck>> done) {
    boolean starts =
        start(() -> {
          List<AuthenticationCheck> checks = List.of();
          try {
            learn(letter);
            checks = authenticator.check(letter);
          } finally {
            done.accept(checks);
          }
        });
    if (!starts) {
      done.accept(List.of());
    }
  }

  /// Learns the signatures and the way alone.
  public void glance(Letter letter) {
    var _ = start(() -> learn(letter));
  }

  @Override
  public void close() {
    closed = true;
  }

  private void learn(Letter letter) {
    HeaderBlock header = HeaderBlock.of(letter.head());
    DkimSignature.of(header).forEach(learned);
    HandOver.of(header).forEach(one -> handedOver.accept(letter, one));
  }

  private boolean start(Runnable work) {
    if (closed) {
      return false;
    }
    if (waiting.incrementAndGet() > MOST_WAITING) {
      waiting.decrementAndGet();
      return false;
    }
    Thread.ofVirtual().name("authenticate").start(() -> inTurn(work));
    return true;
  }

  private void inTurn(Runnable work) {
    try {
      turns.acquire();
      try {
        if (!closed) {
          work.run();
        }
      } finally {
        turns.release();
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      LOG.warn("the authentication of a message was not checked: {}", e.toString());
    } finally {
      waiting.decrementAndGet();
    }
  }
}
