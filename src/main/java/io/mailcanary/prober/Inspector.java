package io.mailcanary.prober;

import io.mailcanary.authentication.Letter;
import io.mailcanary.mail.AuthenticationCheck;
import java.util.List;
import java.util.function.Consumer;

/// Looks closer at what has arrived, out of the way of what is still to arrive. Neither method
/// blocks.
public interface Inspector {
  /// Nobody looks.
  Inspector NONE =
      new Inspector() {
        @Override
        public void inspect(Letter letter, Consumer<List<AuthenticationCheck>> done) {
          done.accept(List.of());
        }

        @Override
        public void glance(Letter letter) {
          // Nothing is learned.
        }
      };

  /// Finds out what its authentication comes to.
  ///
  /// @param done is told, mostly on another thread; nothing where there is too much to do
  void inspect(Letter letter, Consumer<List<AuthenticationCheck>> done);

  /// Learns what can be learned from its header alone.
  void glance(Letter letter);
}
