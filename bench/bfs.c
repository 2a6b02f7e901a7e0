/* The limit of a walk: breadth first over a graph in memory, one edge at a time, nothing else. */
#include <stdint.h>
#include <string.h>

/* start: count + 1 places in above. met: count bytes. queue: count places. Gives how many were reached, the seed included. */
int64_t bfs(const int64_t *start, const int32_t *above, int32_t count, int32_t seed, uint8_t *met, int32_t *queue)
{
    int64_t first = 0, last = 0;
    memset(met, 0, count);
    met[seed] = 1;
    queue[last++] = seed;
    while (first < last) {
        int32_t one = queue[first++];
        for (int64_t place = start[one]; place < start[one + 1]; place++) {
            int32_t next = above[place];
            if (!met[next]) {
                met[next] = 1;
                queue[last++] = next;
            }
        }
    }
    return last;
}
