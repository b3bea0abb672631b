package io.mailcanary.watch;

import io.mailcanary.dns.DomainFacts;

/// One look at a name: what was seen, and what follows from it.
public record Seen(DomainFacts facts, DomainView view) {}
