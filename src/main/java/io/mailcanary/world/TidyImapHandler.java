package io.mailcanary.world;

import com.icegreen.greenmail.imap.ImapHandler;
import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.imap.ImapSession;
import com.icegreen.greenmail.user.UserManager;
import java.lang.reflect.Field;
import java.net.Socket;

/// Leaves its folder when the connection is gone. GreenMail's own forgets to, so the folder would
/// note every change for a session that nobody reads any more, for as long as the world lasts.
final class TidyImapHandler extends ImapHandler {
  TidyImapHandler(UserManager users, ImapHostManager folders, Socket socket) {
    super(users, folders, socket);
  }

  @Override
  public void close() {
    try {
      Field field = ImapHandler.class.getDeclaredField("session");
      field.setAccessible(true);
      if (field.get(this) instanceof ImapSession session && session.getSelected() != null) {
        session.deselect();
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("another GreenMail than this was written for", e);
    } finally {
      super.close();
    }
  }
}
