package io.mailcanary.resolver;

/// Asks for a host's addresses, each time anew. It never throws: a failure is an answer, too.
@FunctionalInterface
interface HostSource {
  HostAnswer ask(String host);
}
