package io.mailcanary.receiver;

import java.io.IOException;
import org.subethamail.smtp.DropConnectionException;
import org.subethamail.smtp.internal.server.BaseCommand;
import org.subethamail.smtp.server.Session;

/// One command of the dialogue, in place of the library's own of that name.
final class Verb extends BaseCommand {
  private final Action action;

  /// What the command does.
  @FunctionalInterface
  interface Action {
    void act(String line, Session session) throws IOException, DropConnectionException;
  }

  Verb(String name, Action action) {
    super(name, name);
    this.action = action;
  }

  @Override
  public void execute(String line, Session session) throws IOException, DropConnectionException {
    action.act(line, session);
  }
}
