package io.mailcanary.receiver;

import io.mailcanary.mail.SmtpReply;
import io.mailcanary.path.Mailbox.Receiver;
import io.mailcanary.receiver.ReceiverPolicy.Question;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/// What a receiver says no to, by its settings.
final class Gate {
  private final Greylist greylist;
  private final ReceiverPolicy strict;
  private final InstantSource clock;

  Gate(ReceiverPolicy strict, Greylist greylist, InstantSource clock) {
    this.greylist = greylist;
    this.strict = strict;
    this.clock = clock;
  }

  /// Keeps what is to outlive a restart.
  void keep() {
    greylist.keep();
  }

  /// @return the refusal; empty to go on
  Optional<SmtpReply> refusal(Question question) {
    Receiver receiver = question.receiver();
    return Optional.ofNullable(receiver.answers().get(question.stage()))
        .or(() ->
            switch (receiver.policy()) {
              case ACCEPT -> Optional.empty();
              case GREYLIST -> greylisted(question);
              case STRICT -> verified(question);
            });
  }

  private Optional<SmtpReply> greylisted(Question question) {
    if (question.stage() != Receiver.Stage.RCPT) {
      return Optional.empty();
    }
    Duration left =
        greylist.wait(
            question.client(),
            question.sender(),
            question.recipient(),
            question.receiver().greylist(),
            clock.instant());
    return left.isPositive()
        ? Optional.of(
            Replies.of(
                451,
                "4.7.1 Greylisted, please try again in %d seconds"
                    .formatted(left.plusMillis(999).toSeconds())))
        : Optional.empty();
  }

  private Optional<SmtpReply> verified(Question question) {
    return switch (question.stage()) {
      case MAIL, RCPT -> strict.refusal(question);
      case CONNECT, HELO, DATA, END_OF_DATA -> Optional.empty();
    };
  }
}
