# A guest that writes at a set rate: a multiboot kernel of 32 bits. What is written in capitals is set when it is assembled.
# It fills FILL_START to FILL_END, says so at the serial port, and then adds 1 to the first word of one page of
# WS_START to WS_END after the other, every NS ticks of the time stamp counter. What it could not do in time is made up for if
# it is no more than LAG ticks.
        .code32
        .text
        .globl start
        .align 4
header: .long 0x1BADB002, 0, -0x1BADB002
start:  cli
        mov $FILL_START, %edi
fill:   cmp $FILL_END, %edi
        jae ready
        movl $1, (%edi)
        add $4096, %edi
        jmp fill
ready:  mov $0x3f8, %dx
        mov $'A', %al
        out %al, %dx
        mov $WS_START, %edi
        rdtsc
        mov %eax, %esi
        mov %edx, %ebp
next:   rdtsc
        sub %esi, %eax
        sbb %ebp, %edx
        js next
        jnz drop
        cmp $LAG, %eax
        ja drop
write:  incl (%edi)
        add $4096, %edi
        cmp $WS_END, %edi
        jb due
        mov $WS_START, %edi
due:    add $NS, %esi
        adc $0, %ebp
        jmp next
drop:   rdtsc
        mov %eax, %esi
        mov %edx, %ebp
        jmp write
