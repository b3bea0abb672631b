package io.mailcanary.prober;

import io.mailcanary.canary.Evidence;
import io.mailcanary.submission.Outgoing;
import io.mailcanary.submission.Route;

/// Hands one message over and reports what came of it; never throws for what a server does.
@FunctionalInterface
public interface Submitter {
  Evidence submit(Route route, Outgoing message);
}
