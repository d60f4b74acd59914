/* The least that a server on a Unix socket can do: one client, one thread, send back what comes. */
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    char buffer[65536];
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);

    if (argc != 2 || listener < 0) return 1;
    strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) < 0 || listen(listener, 1) < 0) return 1;
    for (;;) {
        int client = accept(listener, 0, 0);
        ssize_t count;
        if (client < 0) return 1;
        while ((count = recv(client, buffer, sizeof buffer, 0)) > 0) {
            if (send(client, buffer, count, MSG_NOSIGNAL) != count) break;
        }
        close(client);
    }
}
