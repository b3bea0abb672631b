package io.mailcanary.prober;

import io.mailcanary.canary.Evidence;
import io.mailcanary.path.Relay;
import io.mailcanary.submission.Outgoing;

/// Hands one message to a relay and reports what came of it; never throws for what a server does.
@FunctionalInterface
public interface Submitter {
  Evidence submit(Relay relay, Outgoing message);
}
